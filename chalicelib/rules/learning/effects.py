"""What an improvement brought: signals of its cause per order in the four weeks before the change and the four weeks
with it, and how sure that is (decision 257).

Signals are rare events that come one by one, so their numbers are taken as Poisson's. Given their sum, the number that
came with the change is then binomial, and only the ratio of the two rates decides its share. Wilson's score interval of
this share (95 per cent) becomes an interval of the ratio.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.rules.learning.causes import Cause, Counts, signals
from chalicelib.rules.learning.tally import LEFT_OUT, total

WEEKS = 4
DAYS = 7 * WEEKS
SETTLED = timedelta(days=DAYS)
"""Tickets give signals for some weeks after they were opened: only then is an effect final."""
Z = 1.959964
"""The normal distribution's quantile for 95 per cent, two-sided."""


class Verdict(StrEnum):
    FEWER = "fewer"
    MORE = "more"
    OPEN = "open"  # the interval has "no change" in it
    NOTHING = "nothing"  # there is too little to say anything


class Base(StrEnum):
    """Of what the rate is taken: of orders, or where the shop's orders are not known, of tickets."""

    ORDERS = "orders"
    TICKETS = "tickets"


@dataclass(frozen=True, slots=True)
class Period:
    """Signals that came of so many orders or tickets."""

    signals: int
    of: int

    @property
    def per_hundred(self) -> float | None:
        return 100 * self.signals / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Effect:
    """`ratio`: the rate with the change divided by the rate before; between `low` and `high` with 95 per cent. `high`
    None: no upper end. `days`: how many days with the change were counted. `final`: whether nothing more comes."""

    base: Base
    before: Period
    since: Period
    days: int
    final: bool
    ratio: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def verdict(self) -> Verdict:
        if self.low is None:
            return Verdict.NOTHING
        if self.high is not None and self.high < 1:
            return Verdict.FEWER
        return Verdict.MORE if self.low > 1 else Verdict.OPEN


def span(changed_on: date) -> tuple[date, date]:
    """The first and the last day that an effect is measured on."""
    return changed_on - timedelta(days=DAYS), changed_on + timedelta(days=DAYS - 1)


def effect(
    days: Mapping[date, Counts], orders: Mapping[date, int], cause: Cause, changed_on: date, today: date
) -> Effect:
    """`days` and `orders`: the counts of the days of `span`. Today, which is not over, does not count."""
    first, last = span(changed_on)
    before = [first + timedelta(days=n) for n in range(DAYS)]
    since = [day for n in range(DAYS) if (day := changed_on + timedelta(days=n)) < today]
    base = Base.ORDERS if all(any(orders.get(day) for day in part) for part in (before, since)) else Base.TICKETS

    def period(part: list[date]) -> Period:
        found = sum(signals(days.get(day, {})).get(cause, 0) for day in part)
        of = (orders.get(day, 0) if base is Base.ORDERS else _tickets(days.get(day, {})) for day in part)
        return Period(found, sum(of))

    a, b = period(before), period(since)
    ratio, low, high = rate_ratio(a, b)
    return Effect(base, a, b, len(since), today > last + SETTLED, ratio, low, high)


def rate_ratio(before: Period, since: Period) -> tuple[float | None, float | None, float | None]:
    """The ratio of the rates (since to before), and the ends of its interval; all None where nothing can be said."""
    both = before.signals + since.signals
    if not both or not before.of or not since.of:
        return None, None, None
    low, high = wilson(since.signals, both)
    scale = before.of / since.of
    return _odds(since.signals / both, scale), _odds(low, scale), _odds(high, scale)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's score interval (95 per cent) of a share."""
    share, squared = hits / of, Z * Z
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = Z / (1 + squared / of) * math.sqrt(share * (1 - share) / of + squared / (4 * of * of))
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == of else middle + half)


def _odds(share: float, scale: float) -> float | None:
    return None if share >= 1 else share / (1 - share) * scale


def _tickets(counts: Counts) -> int:
    return total(counts) - counts.get(LEFT_OUT, 0)
