"""Which events an order keeps: each once, cut to what has room, and never so many that its item could not be stored.

bound                       beyond it
250 lines of a basket       the rest is counted (`left_out`)
a text's length             it is cut
moves of a parcel           only the newest is kept
200 events, 150 KB baskets  snapshots that repeat the one before are dropped, then those between the first and the
                            newest; an event for which there is still no room is refused
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeVar, cast

from chalicelib.errors import TooLarge
from chalicelib.rules.orders.basket import MOST_LINES, Basket
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.rules.orders.history import in_order

MOST_EVENTS = 200
MOST_BASKETS = 150_000
"""Bytes of all baskets together, roughly; an item of the table has at most 400 KB."""
LONGEST_NAME, LONGEST_TEXT, LONGEST_URL = 100, 200, 1_000
MOST_PARTS = 50
SKEW = timedelta(minutes=5)
"""How far ahead a source's clock may be. An event from a later future is taken as of now."""
_URLS, _NAMES = ("tracking_url",), ("id", "line", "name", "sku", "label")
_LINE = 120
_Kept = TypeVar("_Kept")


def kept(events: Sequence[OrderEvent], more: Iterable[OrderEvent], now: datetime) -> tuple[OrderEvent, ...]:
    """The events with these added, in order. Those with a known id change nothing. Raises TooLarge if there is no room
    for one."""
    known = {event.id for event in events}
    new = [_moment(cut(event), now) for event in more if event.id not in known]
    found = _newest_moves(in_order((*events, *new)))
    if len(found) > MOST_EVENTS or _weight(found) > MOST_BASKETS:
        found = _without_repeats(found)
    if len(found) > MOST_EVENTS or _weight(found) > MOST_BASKETS:
        found = _without_middle(found)
    if len(found) > MOST_EVENTS:
        raise TooLarge(f"an order keeps at most {MOST_EVENTS} events")
    return found


def cut(value: _Kept) -> _Kept:
    """The value with its texts and lists cut."""
    shorter: Any = _cut("", value)
    return cast(_Kept, shorter)


def _cut(name: str, value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        return value[: LONGEST_URL if name in _URLS else LONGEST_NAME if name in _NAMES else LONGEST_TEXT]
    if isinstance(value, tuple):
        return tuple(_cut(name, part) for part in value[: MOST_LINES if name == "lines" else MOST_PARTS])
    if not is_dataclass(value) or isinstance(value, type):
        return value
    parts = {field.name: _cut(field.name, getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Basket):
        parts["left_out"] = value.left_out + max(len(value.lines) - MOST_LINES, 0)
    return replace(value, **parts)


def _moment(event: OrderEvent, now: datetime) -> OrderEvent:
    if event.basket and event.basket.placed_at > now + SKEW:
        event = replace(event, basket=replace(event.basket, placed_at=now))
    return replace(event, occurred_at=now) if event.occurred_at > now + SKEW else event


def _newest_moves(events: Sequence[OrderEvent]) -> tuple[OrderEvent, ...]:
    moves = {event.parcel.id: event.id for event in events if event.kind is EventKind.MOVED and event.parcel}
    newest = set(moves.values())
    return tuple(event for event in events if event.kind is not EventKind.MOVED or event.id in newest)


def _weight(events: Iterable[OrderEvent]) -> int:
    """How much room the baskets take. Equal ones are stored once (aws.table.order_items)."""
    different = {event.basket for event in events if event.basket}
    lines = (line for basket in different for line in basket.lines)
    return sum(_LINE + len(f"{line.id}{line.name}{line.sku}".encode("utf-8", "surrogatepass")) for line in lines)


def _without_repeats(events: Sequence[OrderEvent]) -> tuple[OrderEvent, ...]:
    """Without the snapshots that equal both the one before and the one after."""
    snapshots = [event for event in events if event.basket]
    inner = zip(snapshots, snapshots[1:], snapshots[2:], strict=False)
    gone = {event.id for before, event, after in inner if before.basket == event.basket == after.basket}
    return tuple(event for event in events if event.id not in gone)


def _without_middle(events: Sequence[OrderEvent]) -> tuple[OrderEvent, ...]:
    """Without the snapshots between the first and the newest; and without the first, if both are too large."""
    snapshots = [event for event in events if event.basket]
    ends = {event.id for event in (snapshots[:1] + snapshots[-1:])}
    left = tuple(event for event in events if not event.basket or event.id in ends)
    if _weight(left) > MOST_BASKETS:
        left = tuple(event for event in left if not event.basket or event.id == snapshots[-1].id)
    return left
