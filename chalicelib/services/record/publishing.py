"""The record of promises as it is published: by week for people, day by day for whoever checks it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from chalicelib.errors import NotFound
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.record.counting import Leaf
from chalicelib.rules.record.tree import BEGINNING, DayRoot
from chalicelib.services.ports.deps import Deps
from chalicelib.services.record.closing import close_days

WEEKS = 53
"""How many weeks one answer has. Earlier ones are read by their last day."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """Promises kept and missed in a week, by its Monday (UTC)."""

    monday: date
    kept: int
    missed: int

    @property
    def kept_percent(self) -> int:
        """Rounded down: 100 only if every promise was kept."""
        return 100 * self.kept // (self.kept + self.missed)


@dataclass(frozen=True, slots=True)
class Record:
    """The closed days of 53 weeks. `before`: the chain's link before the first of them. `earlier`: the last day of the
    weeks before these, if there are any."""

    days: tuple[DayRoot, ...]
    before: str
    weeks: tuple[Week, ...]
    earlier: date | None

    @property
    def kept(self) -> int:
        return sum(day.kept for day in self.days)

    @property
    def missed(self) -> int:
        return sum(day.missed for day in self.days)


def record(deps: Deps, shop: Shop, until: date | None = None) -> Record:
    """The record up to this day, or up to the last closed one. Raises NotFound if the shop publishes none."""
    _published(shop)
    last = close_days(deps, shop)
    upto = min(until, last.day) if until and last else last.day if last else deps.now().date()
    since = upto - timedelta(days=upto.weekday()) - (WEEKS - 1) * _WEEK
    days = tuple(deps.record.roots(shop.id, since, upto)) if last else ()
    before = days[0].before if days else BEGINNING
    return Record(days, before, by_week(days), since - timedelta(days=1) if before != BEGINNING else None)


def leaves(deps: Deps, shop: Shop, day: date) -> tuple[DayRoot, list[Leaf]]:
    """A closed day with its promises. Raises NotFound."""
    _published(shop)
    closed = deps.record.roots(shop.id, day, day)
    if not closed:
        raise NotFound(f"{day} is not closed")
    return closed[0], list(deps.record.leaves(shop.id, day, day))


def by_week(days: Iterable[DayRoot]) -> tuple[Week, ...]:
    """The weeks of these days, the newest first; weeks without promises are left out."""
    found = []
    for monday, of_week in groupby(days, key=lambda each: each.day - timedelta(days=each.day.weekday())):
        counted = list(of_week)
        found.append(Week(monday, sum(each.kept for each in counted), sum(each.missed for each in counted)))
    return tuple(reversed(found))


def _published(shop: Shop) -> None:
    if not shop.feedback.record:
        raise NotFound(f"{shop.id} publishes no record")
