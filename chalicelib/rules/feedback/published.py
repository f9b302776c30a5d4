"""What is published of all ratings of a year: a function of the days' counters and of nothing else, so that no rating
can be left out (decision 253)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from chalicelib.rules.procedure.rating import CLOSED, RATED, REMOVED, SCORES

FROM = 20
"""From so many ratings on they are published: fewer say more about persons than about the shop."""
SMALLEST = 5
"""A month or kind with fewer ratings is shown together with others like it."""
MONTHS = 12
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Score:
    """Ratings and their sum, and promises of the same months or kind."""

    name: str
    count: int
    total: int
    kept: int
    missed: int

    @property
    def mean(self) -> str:
        """To one decimal, halves upwards, as people round; "" without ratings."""
        return mean(self.total, self.count)


@dataclass(frozen=True, slots=True)
class Published:
    """All that is published of ratings. `by_score`: from 5 to 1. `closed`: how many matters were closed, and could be
    rated. `answers`: how soon first answers came (rules.record.counting). `removed`: comments by the reason."""

    since: date
    until: date
    all: Score
    by_score: Mapping[int, int]
    closed: int
    by_month: tuple[Score, ...]
    by_kind: tuple[Score, ...]
    answers: Mapping[str, int]
    removed: Mapping[str, int]

    @property
    def shown(self) -> bool:
        """Whether there are enough ratings to publish them."""
        return self.all.count >= FROM

    def share(self, count: int) -> int:
        """So many of all ratings, in per cent, rounded as people do."""
        return int((Decimal(100 * count) / self.all.count).quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def rated_percent(self) -> int | None:
        """How many of the closed matters were rated; None if none was closed. A matter that was closed again was
        closed twice, and its rating counts where it was given: never more than all."""
        return min(100, 100 * self.all.count // self.closed) if self.closed else None

    @property
    def kept_percent(self) -> int | None:
        promises = self.all.kept + self.all.missed
        return 100 * self.all.kept // promises if promises else None


def since(until: date) -> date:
    """The first day of the twelve calendar months that end with this day's month."""
    months = until.year * 12 + until.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def published(days: Mapping[date, Counts], until: date) -> Published:
    """What these days say. Days outside of the twelve months are left out."""
    first = since(until)
    within = {day: counts for day, counts in days.items() if first <= day <= until}
    every = _summed(within)
    months = {month: _summed(_in_month(within, month)) for month in _months(first, until)}
    kinds = sorted({name.split()[1] for name in every if name.split()[0] in (RATED, "kept", "missed") and " " in name})
    return Published(
        since=first,
        until=until,
        all=_score("", every),
        by_score={score: _by_score(every)[score] for score in reversed(SCORES)},
        closed=sum(number for name, number in every.items() if name.startswith(f"{CLOSED} ")),
        by_month=_merged([_score(month, counts) for month, counts in months.items()]),
        by_kind=_merged([_score(kind, _of_kind(every, kind)) for kind in kinds]),
        answers=_named(every, "answered"),
        removed=_named(every, REMOVED),
    )


def mean(total: int, count: int) -> str:
    if not count:
        return ""
    return str((Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP))


OTHERS = "others"
"""The name of the row for months or kinds with few ratings."""


def _merged(rows: list[Score]) -> tuple[Score, ...]:
    """The rows with enough ratings, and one for the rest; if that had too few itself, it takes the smallest other."""
    large = sorted((row for row in rows if row.count >= SMALLEST), key=lambda row: row.count, reverse=True)
    small = [row for row in rows if row.count < SMALLEST]
    while large and 0 < sum(row.count for row in small) < SMALLEST:
        small.append(large.pop())
    kept = [row for row in rows if row in large]
    rest = Score(
        OTHERS,
        sum(row.count for row in small),
        sum(row.total for row in small),
        sum(row.kept for row in small),
        sum(row.missed for row in small),
    )
    return (*kept, *([rest] if rest.count or rest.kept or rest.missed else []))


def _score(name: str, counts: Counts) -> Score:
    scores = _by_score(counts)
    total = sum(score * number for score, number in scores.items())
    kept, missed = (
        sum(number for each, number in counts.items() if each.startswith(f"{word} ")) for word in ("kept", "missed")
    )
    return Score(name, scores.total(), total, kept, missed)


def _by_score(counts: Counts) -> Counter[int]:
    found: Counter[int] = Counter()
    for name, number in counts.items():
        what, *rest = name.split()
        if what == RATED:
            found[int(rest[1])] += number
    return found


def _of_kind(counts: Counts, kind: str) -> Counts:
    return {name: number for name, number in counts.items() if name.split()[1:2] == [kind]}


def _named(counts: Counts, word: str) -> dict[str, int]:
    found = {name.split()[1]: number for name, number in counts.items() if name.startswith(f"{word} ")}
    return {name: number for name, number in sorted(found.items()) if number}


def _summed(days: Mapping[date, Counts]) -> Counter[str]:
    every: Counter[str] = Counter()
    for counts in days.values():
        every.update(counts)
    return every


def _in_month(days: Mapping[date, Counts], month: str) -> Mapping[date, Counts]:
    return {day: counts for day, counts in days.items() if f"{day:%Y-%m}" == month}


def _months(first: date, until: date) -> Iterator[str]:
    day = first
    while day <= until:
        yield f"{day:%Y-%m}"
        day = (day + timedelta(days=31)).replace(day=1)
