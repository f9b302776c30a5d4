"""The keys of a ticket's items and of the indexes, and what the keys of all items are made of."""

import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.aws.table.codec import Attributes, encode
from chalicelib.services.ports.inbox import Cursor

# The due-work index is split so that no one partition takes every write. More shards need no other change
# (docs/scale.md): entries in the first ones are found as before.
SHARDS = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# This many hexadecimal digits of microseconds reach to the year 4253; one digit less, to 2112.
_MOMENT = 14


def key_of(pk: str, sk: str) -> Attributes:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def expiry_at(moment: datetime) -> dict[str, str]:
    return {"N": str(int(moment.timestamp()))}


def months(since: date, until: date) -> Iterator[str]:
    """The months of this range of days, as "2026-11": the partitions of items stored per day."""
    month = since.replace(day=1)
    while month <= until:
        yield f"{month:%Y-%m}"
        month = (month + timedelta(days=31)).replace(day=1)


def ticket_partition(ref: str) -> Attributes:
    """The key of the partition with everything about a ticket."""
    return {"S": f"TICKET#{ref}"}


def ref_of(item: Mapping[str, Any]) -> str:
    """The ticket, or the order, of the partition in which the item is."""
    return str(item["pk"]["S"]).removeprefix("TICKET#").removeprefix("ORDER#")


def ticket_key(ref: str) -> Attributes:
    return key_of(f"TICKET#{ref}", "TICKET")


def message_key(ref: str, id: str) -> Attributes:
    return key_of(f"TICKET#{ref}", f"MSG#{id}")


def due_work_shards(purpose: str = "step") -> list[str]:
    return [f"{purpose}#{shard}" for shard in range(SHARDS)]


def purge_shard(ref: str) -> str:
    """The shard of the due-work index for a ticket's purge."""
    return f"purge#{shard_of(ref)}"


def shard_of(ref: str, shards: int = SHARDS) -> int:
    return zlib.crc32(ref.encode()) % shards


def due_work(ref: str, purpose: str, step: datetime | None) -> Attributes:
    """The item's keys in the due-work index; an item without a next step is not in it."""
    if step is None:
        return {}
    return {"due_work": encode(f"{purpose}#{shard_of(ref)}"), "next_step": encode(step)}


def inbox_place(inbox: Attributes, place: Cursor) -> Attributes:
    """The start key for a query of the inbox index, whether or not the entry still exists."""
    return ticket_key(place.ref) | {"inbox": inbox, "due": inbox_order(place)}


def inbox_order(place: Cursor) -> dict[str, str]:
    """The index's range key. Tickets due at the same time, as after every weekend, are sorted by age."""
    return {"S": inbox_moment(place.due) + inbox_moment(place.opened_at)[1:]}


def inbox_moment(moment: datetime) -> str:
    """A moment as the beginning of that key: in microseconds, fixed width, and short, because each byte adds to the
    cost of opening a ticket. On its own it sorts before everything due at that moment."""
    microseconds = (moment - _EPOCH) // _MICROSECOND
    return f"{min(max(microseconds, 0), 16**_MOMENT - 1):0{_MOMENT}x}"


def inbox_due(key: str) -> datetime:
    """The due moment at the beginning of that key."""
    return _EPOCH + int(key[:_MOMENT], 16) * _MICROSECOND
