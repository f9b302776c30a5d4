"""The days on which a shop would work and is closed, because they are holidays or its policy says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.rules.timing.worktime import Holidays, WorkingHours, local_date

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last of closed days between which the shop does not work."""

    first: date
    last: date
    days: int


def closed_between(start: datetime, end: datetime, hours: WorkingHours, holidays: Holidays) -> tuple[date, ...]:
    """The closed days from the day of `start` to that of `end`, both included."""
    first, last = local_date(start, hours), local_date(end, hours)
    days = (first + _DAY * number for number in range((last - first).days + 1))
    return tuple(day for day in days if hours.week[day.weekday()] and holidays(day))


def spans(closed: Iterable[date], hours: WorkingHours) -> tuple[Span, ...]:
    """The closed days, in their order, by the times for which nobody works."""
    found = list[Span]()
    for day in closed:
        before = found[-1] if found else None
        if before and not _works_between(before.last, day, hours):
            found[-1] = Span(before.first, day, before.days + 1)
        else:
            found.append(Span(day, day, 1))
    return tuple(found)


def _works_between(first: date, last: date, hours: WorkingHours) -> bool:
    between = (first + _DAY * number for number in range(1, (last - first).days))
    return any(hours.week[day.weekday()] for day in between)
