"""Orders: read by key, by customer, or by list; and for what their products were sold."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.aws.table import count_items, mail_items, order_items, source_items
from chalicelib.aws.table.codec import Attributes, encode
from chalicelib.aws.table.item_keys import inbox_order
from chalicelib.aws.table.table import NEW, Table, at_version
from chalicelib.rules.orders.duties.telling import OutgoingEvent
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.ticket import SentId, SlaCount
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.inbox import Cursor


class Orders:
    """Implements services.ports.orders.Orders."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def order(self, ref: str) -> Order | None:
        item = self._table.get(order_items.order_key(ref))
        return order_items.read_order(item) if item else None

    def commit_order(
        self,
        order: Order,
        sla_counts: Iterable[SlaCount] = (),
        sent: Iterable[SentId] = (),
        outgoing: Iterable[OutgoingEvent] = (),
    ) -> None:
        """One request; a transaction only if promises are counted, or events are to be told, too (decision 185)."""
        for each in sent:
            self._table.put(mail_items.sent_item(each))
        put = {"TableName": self._table.name, "Item": order_items.order_item(order)} | at_version(order.version)
        client = self._table.client
        counts = list(count_items.counting(self._table.name, sla_counts))
        events = [{"Put": {"TableName": self._table.name, "Item": source_items.outgoing_item(e)}} for e in outgoing]
        try:
            if counts or events:
                self._table.transact([{"Put": put}, *counts, *events])
            else:
                client.put_item(**put)
        except (client.exceptions.ConditionalCheckFailedException, client.exceptions.TransactionConflictException):
            raise VersionConflict(order.ref) from None
        except client.exceptions.TransactionCanceledException as cancelled:
            reasons = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
            if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
                raise VersionConflict(order.ref) from cancelled
            raise

    def delete_order(self, order: Order) -> bool:
        client = self._table.client
        try:
            client.delete_item(
                TableName=self._table.name,
                Key=order_items.order_key(order.ref),
                ConditionExpression="version = :version",
                ExpressionAttributeValues={":version": encode(order.version)},
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def orders_of(self, shop: str, address: str, limit: int, after: Order | None = None) -> list[Order]:
        key = {"S": order_items.customer_of(shop, address)}
        begin: dict[str, Any] = {}
        if after:
            opened_at = encode(order_items.placed_at(after))
            begin = {"ExclusiveStartKey": order_items.order_key(after.ref) | {"customer": key, "opened_at": opened_at}}
        return self._found(
            "customer = :customer", {":customer": key}, "customer", limit, ScanIndexForward=False, **begin
        )

    def listed(self, shop: str, place: str, limit: int, after: Cursor | None = None) -> list[Order]:
        key = {"S": order_items.list_of(shop, place)}
        begin: dict[str, Any] = {}
        if after:
            here = order_items.order_key(after.ref) | {"inbox": key, "due": inbox_order(after)}
            begin = {"ExclusiveStartKey": here}
        return self._found("inbox = :list", {":list": key}, "inbox", limit, **begin)

    def _found(self, condition: str, values: Attributes, index: str, limit: int, **more: Any) -> list[Order]:
        """The index has the keys; the table has the orders."""
        answer = self._table.query(condition, values, IndexName=index, Limit=limit, **more)
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in answer["Items"]]
        brought = {item["pk"]["S"]: item for item in self._table.get_all(keys)}
        found = (brought.get(key["pk"]["S"]) for key in keys)
        return [order_items.read_order(item) for item in found if item]

    def placed_on(self, shop: str, day: date, limit: int, after: str = "") -> list[str]:
        values = {":day": {"S": order_items.day_of(shop, day)}} | ({":after": {"S": after}} if after else {})
        answer = self._table.query(
            "calendar = :day AND #ref > :after" if after else "calendar = :day",
            values,
            IndexName="calendar",
            ProjectionExpression="#ref",
            ExpressionAttributeNames={"#ref": "ref"},
            Limit=limit,
        )
        return [item["ref"]["S"] for item in answer["Items"]]

    def how_many(self, shop: str, place: str, limit: int) -> int:
        values = {":list": {"S": order_items.list_of(shop, place)}}
        answer = self._table.query("inbox = :list", values, IndexName="inbox", Limit=limit, Select="COUNT")
        return answer["Count"]

    def sales(self, shop: str, currency: str, skus: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
        keys = [order_items.prices_key(shop, currency, sku) for sku in dict.fromkeys(skus)]
        return dict(map(order_items.read_prices, self._table.get_all(keys)))

    def note_sales(
        self, shop: str, currency: str, sku: str, before: Sequence[int], after: Sequence[int], now: datetime
    ) -> bool:
        item = order_items.prices_item(shop, currency, sku, after, now)
        if not before:
            return self._table.put_if(item, NEW)
        values = {":before": encode(tuple(before))}
        return self._table.put_if(item, "sales = :before", ExpressionAttributeValues=values)
