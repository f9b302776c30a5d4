"""When an improvement is proposed: with the fifth signal of one cause in twelve weeks, or when a cause comes twice as
often as usual (decision 256)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.rules.learning.causes import Cause, Counts, signals
from chalicelib.rules.learning.improvements import Improvement, Reason

ENOUGH = 5
LATELY, LONG = 28, 84
"""Days: the last four weeks; and twelve, in which five signals are enough, and before the last four of which a rate is
usual."""
READ = LATELY + LONG
"""For how many days, today included, the counts are asked."""
_TIMES = 2
# Fewer than this in four weeks may be chance, whatever the usual rate is.
_LEAST = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """`after`: the id of the latest improvement of this cause before; "" if there was none."""

    cause: Cause
    reason: Reason
    signals: int
    usual: int
    after: str


def proposals(days: Mapping[date, Counts], known: Iterable[Improvement], today: date) -> Iterator[Proposal]:
    """What is to be proposed now. `days`: the counts of the last `READ` days. `known`: the shop's improvements."""
    by_cause: dict[Cause, list[Improvement]] = {}
    for each in known:
        by_cause.setdefault(each.cause, []).append(each)
    by_day = {day: signals(counts) for day, counts in days.items()}
    for cause in sorted({cause for found in by_day.values() for cause in found}):
        before = sorted(by_cause.get(cause, []), key=lambda each: each.proposed_at)
        latest = before[-1].id if before else ""
        if any(each.open for each in before):
            continue
        # What an earlier improvement was about does not ask for the next one.
        ended = max((each.closed_at.date() for each in before if each.closed_at), default=date.min)
        of_cause = {day: found.get(cause, 0) for day, found in by_day.items() if day > ended}
        number = _between(of_cause, today - timedelta(LONG - 1), today)
        lately = _between(of_cause, today - timedelta(LATELY - 1), today)
        usual = _between(of_cause, today - timedelta(READ - 1), today - timedelta(LATELY))
        if number >= ENOUGH:
            yield Proposal(cause, Reason.FIVE, number, 0, latest)
        elif lately >= _LEAST and usual and lately * (LONG // LATELY) >= _TIMES * usual:
            yield Proposal(cause, Reason.TWICE, lately, usual, latest)


def _between(days: Mapping[date, int], since: date, until: date) -> int:
    return sum(number for day, number in days.items() if since <= day <= until)
