"""Who takes chats now: an item for each agent that expires soon, because a browser that is closed says nothing."""

from datetime import datetime

from chalicelib.aws.table.codec import encode, instant
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.aws.table.table import Table


class Presence:
    """Implements services.ports.work.Presence."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def note_presence(self, shop: str, agent: str, until: datetime) -> None:
        """The function that serves agents may delete nothing, so who goes away has an item that is over."""
        item = {**key_of(f"PRESENCE#{shop}", agent), "present_until": encode(until), "expires_at": expiry_at(until)}
        self._table.put(item)

    def present(self, shop: str, now: datetime) -> tuple[str, ...]:
        """DynamoDB deletes what expired within days, so the moment counts."""
        found = self._table.query_all("pk = :pk", {":pk": {"S": f"PRESENCE#{shop}"}}, ConsistentRead=True)
        return tuple(item["sk"]["S"] for item in found if item["present_until"]["S"] > instant(now))
