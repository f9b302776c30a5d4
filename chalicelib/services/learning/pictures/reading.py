"""What the pictures of a shop's days are made of: three requests, of at most one item for each day and language; and
one for each language, of the words that were searched for in vain."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.rules.help.gaps import Gap, Helped
from chalicelib.rules.learning.causes import Counts
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing import typed
from chalicelib.services.help import missing
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.learning.tallies import Kept

LONGEST = 366
"""A report has at most so many days."""
USUAL = 12
"""Without other wishes, a report has so many whole weeks, until the last Sunday."""


@dataclass(frozen=True, slots=True)
class Data:
    """What was counted on the days from `since` to `until`, both included. `gaps`: the articles that are missing
    now."""

    shop: Shop
    language: str
    since: date
    until: date
    days: Mapping[date, Counts]
    kept: Mapping[date, Kept]
    helped: tuple[Helped, ...]
    gaps: tuple[Gap, ...]

    @property
    def dates(self) -> list[date]:
        return [self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1)]

    @property
    def weeks(self) -> dict[date, list[date]]:
        """The days by the Monday of their week."""
        weeks: dict[date, list[date]] = {}
        for day in self.dates:
            weeks.setdefault(day - timedelta(days=day.weekday()), []).append(day)
        return weeks

    def counted(self, *first: str, days: list[date] | None = None) -> Counter[tuple[str, ...]]:
        """The counts whose names begin with these parts, by the rest of the name."""
        found: Counter[tuple[str, ...]] = Counter()
        for day in days or self.dates:
            for name, number in self.days.get(day, {}).items():
                parts = tuple(name.split(" "))
                if parts[: len(first)] == first:
                    found[parts[len(first) :]] += number
        return found

    def orders(self, days: list[date] | None = None) -> int:
        return sum(self.kept[day].orders for day in days or self.dates if day in self.kept)


def usual_days(today: date) -> tuple[date, date]:
    """The last whole weeks."""
    sunday = today - timedelta(days=today.isoweekday() % 7 or 7)
    return sunday - timedelta(days=7 * USUAL - 1), sunday


def asked_days(since: str, until: str, today: date) -> tuple[date, date]:
    """The days that were asked for, at most `LONGEST` of them and none in the future; the usual ones if they make no
    sense."""
    try:
        first, last = typed.day(since), typed.day(until)
    except ValueError:
        return usual_days(today)
    last = min(last, today)
    return (max(first, last - timedelta(days=LONGEST - 1)), last) if first <= last else usual_days(today)


def read(deps: Deps, shop: Shop, language: str, since: date, until: date) -> Data:
    helped = [deps.help_counts.answers(shop.id, spoken, since, until) for spoken in shop.languages]
    return Data(
        shop=shop,
        language=language,
        since=since,
        until=until,
        days=deps.tallies.days(shop.id, since, until),
        kept=deps.tallies.promises(shop.id, since, until),
        helped=tuple(each for found in helped for each in found),
        gaps=missing.gaps(deps, shop),
    )
