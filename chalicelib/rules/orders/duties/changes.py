"""What one state of an order has that another has not: for the letter that says before and after."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.rules.orders.basket import Basket, Line
from chalicelib.rules.orders.events import EventKind, OrderEvent


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line before and after; None: it was not in the order, or is not any more."""

    before: Line | None
    after: Line | None


@dataclass(frozen=True, slots=True)
class Changes:
    """The lines that differ, in the order of the new basket, those that are gone at the end; and what else differs."""

    before: Basket
    after: Basket
    lines: tuple[LineChange, ...]

    @property
    def costs(self) -> bool:
        return self.before.costs != self.after.costs

    @property
    def total(self) -> bool:
        return self.before.total != self.after.total

    @property
    def delivery_to(self) -> bool:
        return self.before.delivery_to != self.after.delivery_to


def between(before: Basket, after: Basket) -> Changes:
    """What changed from one basket to another."""
    had, has = {line.id: line for line in before.lines}, {line.id: line for line in after.lines}
    changed = [LineChange(had.get(line.id), line) for line in after.lines if had.get(line.id) != line]
    gone = [LineChange(line, None) for line in before.lines if line.id not in has]
    return Changes(before, after, (*changed, *gone))


def latest(events: Iterable[OrderEvent]) -> Changes | None:
    """The latest change of an order: from the basket before to the newest; None if it never changed."""
    moments = sorted(
        (event for event in events if event.kind in (EventKind.PLACED, EventKind.CHANGED) and event.basket),
        key=lambda event: (event.occurred_at, event.id),
    )
    baskets = [event.basket for event in moments if event.basket]
    return between(baskets[-2], baskets[-1]) if len(baskets) > 1 else None
