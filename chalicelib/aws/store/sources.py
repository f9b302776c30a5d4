"""What is remembered of each source of events: when it last sent something, ids of orders, requests about data; and the
events that go out to it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from chalicelib.aws.table import source_items
from chalicelib.aws.table.codec import decode, encode
from chalicelib.aws.table.table import Table
from chalicelib.rules.orders.duties.telling import OutgoingEvent
from chalicelib.services.ports.events.source_log import Contact, DataRequest, LateOrder, TokenState

_APART = timedelta(hours=1)
_KEPT = 150
_SHOWN = 50


class SourceLog:
    """Implements services.ports.events.source_log.SourceLog."""

    def __init__(self, table: Table) -> None:
        self._table = table
        # So that a busy source costs one read an hour in each process.
        self._noted: dict[tuple[str, str], datetime] = {}

    def note_contact(self, shop: str, source: str, at: datetime) -> None:
        noted = self._noted.get((shop, source))
        if noted is None:
            noted = max(self.contact(shop, source).moments, default=datetime.min.replace(tzinfo=UTC))
        if abs(at - noted) >= _APART:
            moments = (*self.contact(shop, source).moments, at)[-_KEPT:]
            self._table.put(source_items.contact_item(shop, source, Contact(moments)))
            noted = at
        self._noted[shop, source] = noted

    def contact(self, shop: str, source: str) -> Contact:
        item = self._table.get(source_items.contact_key(shop, source))
        return source_items.read_contact(item) if item else Contact()

    def read_until(self, shop: str, source: str) -> datetime | None:
        item = self._table.get(source_items.read_until_key(shop, source))
        return datetime.fromisoformat(item["at"]["S"]) if item else None

    def note_read_until(self, shop: str, source: str, at: datetime) -> None:
        self._table.put(source_items.read_until_item(shop, source, at))

    def token_state(self, shop: str, provider: str) -> TokenState:
        item = self._table.get(source_items.token_key(shop, provider))
        return decode(TokenState, item) if item else TokenState()

    def note_tokens(self, shop: str, provider: str, state: TokenState) -> None:
        self._table.put(source_items.token_item(shop, provider, state))

    def note_order_id(self, shop: str, source: str, id: str, number: str, now: datetime) -> None:
        self._table.put(source_items.order_id_item(shop, source, id, number, now))

    def number_of(self, shop: str, source: str, id: str) -> str:
        item = self._table.get(source_items.order_id_key(shop, source, id))
        return str(item["number"]["S"]) if item else ""

    def note_data_request(self, shop: str, request: DataRequest) -> None:
        self._table.put(source_items.data_request_item(shop, request))

    def data_requests(self, shop: str) -> list[DataRequest]:
        values = {":list": {"S": source_items.data_request_list(shop)}}
        answer = self._table.query("pk = :list", values, ScanIndexForward=False, Limit=_SHOWN)
        return [decode(DataRequest, item) for item in answer["Items"]]

    def note_late_order(self, shop: str, late: LateOrder) -> None:
        self._table.put(source_items.late_order_item(shop, late))

    def late_orders(self, shop: str) -> list[LateOrder]:
        values = {":list": {"S": source_items.late_order_list(shop)}}
        answer = self._table.query("pk = :list", values, ScanIndexForward=False, Limit=_SHOWN)
        return [decode(LateOrder, item) for item in answer["Items"]]


class OutgoingEvents:
    """Implements services.ports.events.outgoing.OutgoingEvents."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def untold(self, shop: str) -> Iterator[OutgoingEvent]:
        values = {":list": {"S": source_items.outgoing_list(shop)}}
        return (decode(OutgoingEvent, item) for item in self._table.query_all("pk = :list", values))

    def claim_event(self, before: OutgoingEvent, after: OutgoingEvent) -> bool:
        tries = "tries = :tries" if before.tries else "attribute_not_exists(tries)"
        values = {":id": encode(before.id)} | ({":tries": encode(before.tries)} if before.tries else {})
        condition = f"id = :id AND {tries} AND attribute_not_exists(given_up_at)"
        return self._table.put_if(source_items.outgoing_item(after), condition, ExpressionAttributeValues=values)

    def told(self, event: OutgoingEvent) -> None:
        item, client = source_items.outgoing_item(event), self._table.client
        try:
            client.delete_item(
                TableName=self._table.name,
                Key={"pk": item["pk"], "sk": item["sk"]},
                ConditionExpression="id = :id",
                ExpressionAttributeValues={":id": encode(event.id)},
            )
        except client.exceptions.ConditionalCheckFailedException:
            return
