"""Agents' drafts: one item each in their ticket's partition, saved by one request without a read before it."""

from datetime import datetime

from chalicelib.aws.table import ticket_items
from chalicelib.aws.table.codec import encode
from chalicelib.aws.table.table import NEW, Table
from chalicelib.services.ports.tickets import Draft


class Drafts:
    """Implements services.ports.tickets.Drafts."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def save_draft(self, draft: Draft, until: datetime) -> None:
        self._table.put_if(
            ticket_items.draft_item(draft, until),
            f"{NEW} OR #at <= :at",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":at": encode(draft.at)},
        )

    def drafts(self, ref: str, now: datetime) -> list[Draft]:
        """DynamoDB deletes expired items only within days, so the expiry is checked here."""
        first = ticket_items.draft_key(ref, "")
        values = {":pk": first["pk"], ":drafts": first["sk"]}
        found = self._table.query_all("pk = :pk AND begins_with(sk, :drafts)", values)
        return [ticket_items.read_draft(item) for item in found if int(item["expires_at"]["N"]) > now.timestamp()]
