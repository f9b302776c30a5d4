"""Periods as the policy writes them ("2 working days", "1 month"): how they are read and counted to a due moment.

Calendar periods run through nights and holidays; working periods run only in the shop's own hours (see worktime).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chalicelib.rules.timing import worktime
from chalicelib.rules.timing.worktime import Holidays, WorkingHours

__all__ = ["Holidays", "Period", "Unit", "before", "due", "parse"]


class Unit(StrEnum):
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    WORKING_HOURS = "working hours"
    WORKING_DAYS = "working days"


WORKING_UNITS = frozenset({Unit.WORKING_HOURS, Unit.WORKING_DAYS})
LARGEST = 999
_IMMEDIATELY = "immediately"
EXAMPLES = '"15 minutes", "4 hours", "4 working hours", "2 working days", "30 days", "1 month" or "2 years"'


@dataclass(frozen=True, slots=True)
class Period:
    """An amount of a unit, from 1 to 999; `Period(0, Unit.MINUTES)` is "immediately"."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not (1 <= self.amount <= LARGEST or (self.amount == 0 and self.unit is Unit.MINUTES)):
            raise ValueError(f"a period is of 1 to {LARGEST} {self.unit}")

    def __str__(self) -> str:
        """As the policy writes it. rendering/durations.py has the words for people."""
        if self.amount == 0:
            return _IMMEDIATELY
        return f"{self.amount} {self.unit.removesuffix('s') if self.amount == 1 else self.unit}"

    @property
    def working(self) -> bool:
        """Whether it counts the shop's working time only."""
        return self.unit in WORKING_UNITS


def parse(text: str) -> Period:
    """Read a period as the policy writes it. Raises ValueError with a sentence that says what to write instead."""
    words = " ".join(text.lower().split())
    if words == _IMMEDIATELY:
        return Period(0, Unit.MINUTES)
    match = re.fullmatch(r"([0-9]{1,9}) ((?:working )?[a-z]+)", words)
    if not match:
        raise ValueError(f"{text!r} is no period: write {EXAMPLES}.")
    amount, name = int(match[1]), match[2]
    unit = next((unit for unit in Unit if name in (unit, unit.removesuffix("s"))), None)
    if unit is None:
        raise ValueError(f"{text!r} has no unit known here: write {EXAMPLES}.")
    if amount == 0:
        raise ValueError(f'{text!r} is no period: write "immediately", or 1 or more {unit}.')
    if amount > LARGEST:
        raise ValueError(f"{text!r} is more than {LARGEST} {unit}: use a larger unit.")
    return Period(amount, unit)


def due(start: datetime, period: Period, hours: WorkingHours, holidays: Holidays) -> datetime:
    """When a promise of `period` made at `start` (aware) is due, in UTC; never before `start`.

    Minutes and hours are elapsed time. Days, months and years end at the same local time of day on the later date; a
    clock change does not move them. A day that a month lacks becomes its last: 31 January + 1 month is 28 or 29
    February. Regulation 1182/71 Art. 3(2) ends periods on the same date, but with the day's last hour. A local time
    that does not exist on that day becomes the moment when the clocks jump; of a local time that comes twice, the first
    counts. Working periods are described in worktime; only they use `holidays`. Raises NoWorkingTime.
    """
    start = start.astimezone(UTC)
    match period.unit:
        case Unit.MINUTES | Unit.HOURS:
            return start + _elapsed(period)
        case Unit.WORKING_HOURS:
            return worktime.add_hours(start, period.amount, hours, holidays)
        case Unit.WORKING_DAYS:
            return worktime.add_days(start, period.amount, hours, holidays)
        case _:
            return _on_calendar(start, period, hours, 1)


def before(end: datetime, period: Period, hours: WorkingHours, holidays: Holidays) -> datetime:
    """The moment one `period` before `end`, in UTC: when to warn. The counterpart of `due`; never after `end`."""
    end = end.astimezone(UTC)
    match period.unit:
        case Unit.MINUTES | Unit.HOURS:
            return end - _elapsed(period)
        case Unit.WORKING_HOURS:
            return worktime.subtract_hours(end, period.amount, hours, holidays)
        case Unit.WORKING_DAYS:
            return worktime.subtract_days(end, period.amount, hours, holidays)
        case _:
            return _on_calendar(end, period, hours, -1)


def _elapsed(period: Period) -> timedelta:
    return timedelta(minutes=period.amount * (60 if period.unit is Unit.HOURS else 1))


def _on_calendar(moment: datetime, period: Period, hours: WorkingHours, sign: int) -> datetime:
    local = moment.astimezone(hours.zone)
    day = local.date()
    if period.unit is Unit.DAYS:
        day += timedelta(days=sign * period.amount)
    else:
        months = day.year * 12 + day.month - 1 + sign * period.amount * (12 if period.unit is Unit.YEARS else 1)
        year, month = divmod(months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        day = day.replace(year=year, month=month + 1, day=min(day.day, last))
    return worktime.at(day, local.time(), hours.zone)
