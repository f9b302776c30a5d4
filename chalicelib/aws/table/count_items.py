"""The counters of a shop's days, and the published record of promises: the key and form of each item.

| item | pk | sk | indexes |
|---|---|---|---|
| SLA counter | SLA#<shop> | <yyyy-mm-dd> | none |
| leaf of the record | SLA#<shop> | LEAF#<yyyy-mm-dd>#<id> | none |
| ticket with a comment | SLA#<shop> | COMMENT#<moment>#<ref> | none |
| closed day of the record | SLA#<shop> | ROOT#<yyyy-mm-dd> | none |
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table.codec import Attributes, attributes, encode, instant
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.rules.record.counting import Leaf, SlaCount, Tally, finished_as

if TYPE_CHECKING:
    from chalicelib.rules.record.tree import DayRoot

LIFE = timedelta(days=3 * 366)
"""Of a day's counters: as long as its other counts (learning_items), because effects are measured on both."""
COMMENT_LIFE = timedelta(days=400)
COMMENT = "COMMENT#"


def sla_key(shop: str, day: date) -> Attributes:
    return key_of(f"SLA#{shop}", f"{day:%Y-%m-%d}")


def counting(table: str, sla_counts: Iterable[SlaCount], tallies: Iterable[Tally] = ()) -> Iterator[dict[str, Any]]:
    """The writes that add to the counters of days: one for each day, because a transaction may write an item once only;
    and one for each leaf of the record."""
    counts = list(sla_counts)
    by_day: dict[tuple[str, date], Counter[str]] = {}
    for tally in (*tallies, *(each for counted in counts for each in _tallied(counted))):
        by_day.setdefault((tally.shop, tally.at.date()), Counter({"kept": 0, "missed": 0}))[tally.name] += tally.by
    for (shop, day), counters in by_day.items():
        yield {"Update": _adding(table, shop, day, counters)}
    for counted in counts:
        for leaf in counted.leaves:
            yield {"Put": {"TableName": table, "Item": leaf_item(counted.shop, leaf)}}


def _tallied(counted: SlaCount) -> list[Tally]:
    totals = {"kept": counted.kept, "missed": counted.missed}
    return [*(Tally(counted.shop, counted.at, name, by) for name, by in totals.items()), *finished_as(counted)]


def _adding(table: str, shop: str, day: date, counters: Mapping[str, int]) -> dict[str, Any]:
    names = {f"#{number}": name for number, name in enumerate(counters)}
    added = ", ".join(f"{name} :{name[1:]}" for name in names)
    values = {f":{name[1:]}": encode(counters[of]) for name, of in names.items()}
    end = expiry_at(datetime.combine(day, time(), UTC) + LIFE)
    return {
        "TableName": table,
        "Key": sla_key(shop, day),
        "UpdateExpression": f"ADD {added} SET expires_at = :end",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values | {":end": end},
    }


def comment_item(shop: str, ref: str, at: datetime) -> Attributes:
    """That a ticket may have words to publish; not the words."""
    key = key_of(f"SLA#{shop}", f"{COMMENT}{instant(at)}#{ref}")
    return key | {"ref": encode(ref), "expires_at": expiry_at(at + COMMENT_LIFE)}


def leaf_key(shop: str, day: date, id: str) -> Attributes:
    """The key of a promise in the record. It stands beside the counters, and never expires: it says nothing of
    anybody."""
    return key_of(f"SLA#{shop}", f"LEAF#{day:%Y-%m-%d}#{id}")


def leaf_item(shop: str, leaf: Leaf) -> Attributes:
    return attributes(leaf) | leaf_key(shop, leaf.day, leaf.id)


def root_key(shop: str, day: date) -> Attributes:
    return key_of(f"SLA#{shop}", f"ROOT#{day:%Y-%m-%d}")


def root_item(shop: str, root: "DayRoot") -> Attributes:
    """A closed day of the record; it never expires either."""
    return attributes(root) | root_key(shop, root.day)
