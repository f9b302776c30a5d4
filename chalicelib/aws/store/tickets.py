"""Tickets, their messages and their log: read by key, or by the customer and calendar indexes."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.aws.table import commits, item_keys, ticket_items
from chalicelib.aws.table.codec import Attributes, decode, encode
from chalicelib.aws.table.table import Table
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, Ticket
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.ports.tickets import OtherTicket


class Tickets:
    """Implements services.ports.tickets.Tickets."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def commit(self, change: Change) -> None:
        commits.commit(self._table, change)

    def ticket(self, ref: str) -> Ticket | None:
        item = self._table.get(item_keys.ticket_key(ref))
        return ticket_items.read_ticket(item) if item and "purging" not in item else None

    def message(self, ref: str, id: str) -> Message | None:
        item = self._table.get(item_keys.message_key(ref, id))
        return ticket_items.read_message(item) if item else None

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        ticket, messages = self._partition(ref)
        if ticket and ticket.custody.purging:
            return None, []
        for other in ticket.merged_from if ticket else ():
            merged, merged_messages = self._partition(other)
            messages += [merged.opening, *merged_messages] if merged else merged_messages
        return ticket, sorted(messages, key=lambda message: (message.at, message.ref, message.id))

    def lines_after(self, ref: str, id: str) -> tuple[Ticket | None, list[Message]]:
        values = {":pk": item_keys.ticket_partition(ref), ":last": item_keys.message_key(ref, id)["sk"]}
        found = list(self._table.query_all("pk = :pk AND sk > :last", values, ConsistentRead=True))
        ticket = next((ticket_items.read_ticket(item) for item in found if item["sk"]["S"] == "TICKET"), None)
        if ticket and ticket.custody.purging:
            return None, []
        return ticket, [ticket_items.read_message(item) for item in found if item["sk"]["S"].startswith("MSG#")]

    def _partition(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        # Log entries sort before messages, the ticket after them.
        first = {":pk": item_keys.ticket_partition(ref), ":first": {"S": "MSG#"}}
        found = list(self._table.query_all("pk = :pk AND sk >= :first", first, ConsistentRead=True))
        ticket = next((ticket_items.read_ticket(item) for item in found if item["sk"]["S"] == "TICKET"), None)
        return ticket, [ticket_items.read_message(item) for item in found if item["sk"]["S"].startswith("MSG#")]

    def history(self, ref: str, limit: int, *, consistent: bool = False) -> list[LogEntry]:
        values = {":pk": item_keys.ticket_partition(ref), ":log": {"S": "LOG#"}}
        more: dict[str, Any] = {"ScanIndexForward": False, "Limit": limit, "ConsistentRead": consistent}
        answer = self._table.query("pk = :pk AND begins_with(sk, :log)", values, **more)
        return [logged.entry for item in answer["Items"] if (logged := ticket_items.readable(item))]

    def find_tickets(self, refs: Sequence[str]) -> list[Ticket]:
        keys = [item_keys.ticket_key(ref) for ref in dict.fromkeys(refs)]
        found = {item["ref"]["S"]: item for item in self._table.get_all(keys)}
        tickets = [ticket_items.read_ticket(found[ref]) for ref in dict.fromkeys(refs) if ref in found]
        return [ticket for ticket in tickets if not ticket.custody.purging]

    def tickets_of(self, shop: str, address: str, limit: int) -> list[OtherTicket]:
        """The index has the keys; the table has the details of each ticket."""
        answer = self._table.query(
            "customer = :customer", _customer(shop, address), IndexName="customer", ScanIndexForward=False, Limit=limit
        )
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in answer["Items"]]
        brought = self._table.get_all(
            keys,
            ProjectionExpression="#ref, subject, #state, kind, opened_at",
            ExpressionAttributeNames={"#ref": "ref", "#state": "state"},
        )
        found = [decode(OtherTicket, item) for item in brought]
        return sorted(found, key=lambda other: other.opened_at, reverse=True)

    def refs_of(self, shop: str, address: str) -> Iterator[str]:
        """Reads only keys from the index."""
        found = self._table.query_all(
            "customer = :customer", _customer(shop, address), IndexName="customer", ProjectionExpression="pk"
        )
        return (item_keys.ref_of(item) for item in found)

    def opened_on(self, shop: str, day: date, limit: int, after: str = "") -> list[str]:
        """One request that reads only keys."""
        values = {":day": {"S": f"{shop}#{day.isoformat()}"}} | ({":after": {"S": after}} if after else {})
        answer = self._table.query(
            "calendar = :day AND #ref > :after" if after else "calendar = :day",
            values,
            IndexName="calendar",
            ProjectionExpression="#ref, pk",
            ExpressionAttributeNames={"#ref": "ref"},
            Limit=limit,
        )
        return [ref for item in answer["Items"] for ref in _refs(item)]

    def opened_by(self, shop: str, address: str, limit: int, after: SearchHit | None = None) -> list[SearchHit]:
        """One request that reads only keys."""
        values, begin = _customer(shop, address), {}
        if after:
            place = {"customer": values[":customer"], "opened_at": encode(after.opened_at)}
            begin = {"ExclusiveStartKey": item_keys.ticket_key(after.ref) | place}
        answer = self._table.query(
            "customer = :customer", values, IndexName="customer", ScanIndexForward=False, Limit=limit, **begin
        )
        return [
            SearchHit(datetime.fromisoformat(item["opened_at"]["S"]), item_keys.ref_of(item))
            for item in answer["Items"]
        ]


def _customer(shop: str, address: str) -> Attributes:
    return {":customer": {"S": f"{shop}#{canonical(address)}"}}


def _refs(item: Attributes) -> tuple[str, ...]:
    """The ticket's reference. If the item was moved under another ticket's key, that reference comes first, so that it
    is checked too."""
    stated, place = item["ref"]["S"], item_keys.ref_of(item)
    return (stated,) if stated == place else (place, stated)
