"""Counting in a shop's working time: its weekly hours with their breaks, less its holidays, in its own time zone.

All moments are aware on input and UTC on output. The local clock is used only to find when the shop opens and closes
(decision 27).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

Interval = tuple[time, time]
"""From opening to closing on one day; a closing of 00:00 is the end of that day."""

Shift = tuple[datetime, datetime]
"""One interval of one day as two moments (UTC)."""

Holidays = Callable[[date], str | None]
"""Returns the name of the holiday on a date, or None."""

MIDNIGHT = time(0)
LONGEST_CLOSURE = 366
"""After this many days without working time, a calendar counts as having none at all."""


class NoWorkingTime(ValueError):
    """The calendar has no working time for over a year, so a working period would never end."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a shop works: per weekday, Monday first, its intervals in order; the gaps between them are breaks."""

    timezone: str
    week: tuple[tuple[Interval, ...], ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def add_hours(start: datetime, amount: int, hours: WorkingHours, holidays: Holidays) -> datetime:
    """The moment when `amount` hours of working time have passed. At a day's end it is the closing, not the next
    opening."""
    return add(start, timedelta(hours=amount), hours, holidays)


def add(start: datetime, left: timedelta, hours: WorkingHours, holidays: Holidays) -> datetime:
    """The moment when this much working time has passed."""
    for _, shifts in working_days(local_date(start, hours), hours, holidays):
        for opens, closes in shifts:
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta(0))
    raise AssertionError("working_days never ends")


def between(start: datetime, end: datetime, hours: WorkingHours, holidays: Holidays) -> timedelta:
    """The working time from `start` to `end`; zero if `end` is before `start`."""
    worked = timedelta(0)
    for day, shifts in working_days(local_date(start, hours), hours, holidays):
        if day > local_date(end, hours):
            break
        worked += sum(
            (max(min(closes, end) - max(opens, start), timedelta(0)) for opens, closes in shifts), timedelta(0)
        )
    return worked


def subtract_hours(end: datetime, amount: int, hours: WorkingHours, holidays: Holidays) -> datetime:
    """The moment from which `amount` hours of working time remain until `end`; the mirror of `add_hours`."""
    left = timedelta(hours=amount)
    for _, shifts in working_days(local_date(end, hours), hours, holidays, step=-1):
        for opens, closes in reversed(shifts):
            ends = min(closes, end)
            if ends - opens >= left:
                return ends - left
            left -= max(ends - opens, timedelta(0))
    raise AssertionError("working_days never ends")


def add_days(start: datetime, amount: int, hours: WorkingHours, holidays: Holidays) -> datetime:
    """The end of a promise of `amount` (at least 1) working days.

    If `start` is while the shop is open (its breaks included), the promise is due at the same time of day, `amount`
    working days later, moved into that day's hours: to the opening, the closing, or the beginning of a break. If
    `start` is while it is closed, the next opening counts, and that working day is the first: due at the closing of the
    last. (An opening and the closing before it are the same point in working time; the earlier is promised.)

    So nobody waits longer than the everyday reading of the promise, nor longer than Regulation (EEC, Euratom) 1182/71.
    It does not count the day of the event (Art. 3(1)) and ends a period with the last hour of its last day (Art.
    3(2)(b)). With 2 working days, a mail of Friday 16:30 is due on Tuesday 16:30, and one of Friday night or Sunday at
    Tuesday's closing; the regulation would allow Tuesday 24:00 for all of them. Its Art. 2(2) never counts a Saturday
    as a working day. Here a day is a working day if the shop's own hours say so: it is the shop's promise.
    """
    days = working_days(local_date(start, hours), hours, holidays)
    first, shifts = next(days)
    if shifts[0][0] <= start <= shifts[-1][1]:
        day, shifts = nth(days, amount)
        return into_shifts(at(day, start.astimezone(hours.zone).time(), hours.zone), shifts)
    if start < shifts[0][0]:
        amount -= 1
    shifts = nth(days, amount)[1] if amount else working_shifts(first, hours)
    return shifts[-1][1]


def counted_from(start: datetime, hours: WorkingHours, holidays: Holidays) -> datetime:
    """`start` if the shop is open then (its breaks included), else the next opening."""
    shifts = next(
        shifts for _, shifts in working_days(local_date(start, hours), hours, holidays) if start <= shifts[-1][1]
    )
    return max(start, shifts[0][0])


def subtract_days(end: datetime, amount: int, hours: WorkingHours, holidays: Holidays) -> datetime:
    """The same time of day, `amount` (at least 1) working days before the day of `end`, moved into that day's hours."""
    last = local_date(end, hours)
    day, shifts = nth(working_days(last - timedelta(days=1), hours, holidays, step=-1), amount)
    return into_shifts(at(day, end.astimezone(hours.zone).time(), hours.zone), shifts)


def working_days(
    day: date, hours: WorkingHours, holidays: Holidays, step: int = 1
) -> Iterator[tuple[date, list[Shift]]]:
    """Each working day from `day` on (with step -1: backwards), with its shifts. Endless; raises NoWorkingTime."""
    idle = 0
    while idle < LONGEST_CLOSURE:
        shifts = [] if not hours.week[day.weekday()] or holidays(day) else working_shifts(day, hours)
        if shifts:
            yield day, shifts
        idle = 0 if shifts else idle + 1
        day += timedelta(days=step)
    raise NoWorkingTime(f"no working time in the {LONGEST_CLOSURE} days up to {day}")


def working_shifts(day: date, hours: WorkingHours) -> list[Shift]:
    """The day's intervals as moments, without an interval that the clock change skips."""
    zone, shifts = hours.zone, []
    for opens, closes in hours.week[day.weekday()]:
        last = day + timedelta(days=1) if closes == MIDNIGHT else day
        shift = at(day, opens, zone), at(last, closes, zone)
        if shift[0] < shift[1]:
            shifts.append(shift)
    return shifts


def at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """When the local clock first reaches `wall` on `day`. Of two such times it is the first; for a skipped time, the
    jump."""
    local = datetime.combine(day, wall.replace(fold=0), zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    before, after = local.replace(fold=1).astimezone(UTC), moment
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == local.utcoffset():
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def into_shifts(moment: datetime, shifts: list[Shift]) -> datetime:
    """`moment` if it is within a shift, else the end of the shift before it, else the day's opening."""
    begun = [shift for shift in shifts if shift[0] <= moment]
    return min(moment, begun[-1][1]) if begun else shifts[0][0]


def local_date(moment: datetime, hours: WorkingHours) -> date:
    return moment.astimezone(hours.zone).date()


def nth(days: Iterator[tuple[date, list[Shift]]], amount: int) -> tuple[date, list[Shift]]:
    return next(islice(days, amount - 1, None))
