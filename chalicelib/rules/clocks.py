"""The promises a ticket carries, each a clock with the moment it is due.

A clock is set once, from the policy in force that moment; changing the policy never moves it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rules.periods import Holidays, Period, due
from chalicelib.rules.policy import Kind, Shop

ACKNOWLEDGE = "acknowledge"
FIRST_ANSWER = "first_answer"
RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise: its name, the period it was set by, when it is due and when it was met (UTC)."""

    name: str
    period: str
    set_at: datetime
    due: datetime
    met_at: datetime | None = None

    def late(self, now: datetime) -> bool:
        return (self.met_at or now) > self.due


def opening_clocks(shop: Shop, kind: Kind, now: datetime, holidays: Holidays) -> tuple[Clock, ...]:
    """The clocks a new ticket of this kind starts with; a promise the policy does not make has none."""
    promises = ((ACKNOWLEDGE, kind.acknowledge), (FIRST_ANSWER, kind.first_answer), (RESOLVE, kind.resolve))
    return tuple(set_clock(name, period, shop, now, holidays) for name, period in promises if period)


def set_clock(name: str, period: Period, shop: Shop, now: datetime, holidays: Holidays) -> Clock:
    return Clock(name, str(period), now, due(now, period, shop.hours, holidays))


def earliest_due(clocks: Iterable[Clock]) -> datetime | None:
    """The earliest promise still open: what the desk's inbox is sorted by."""
    return min((clock.due for clock in clocks if clock.met_at is None), default=None)
