"""Explains why a promise is due when it is, for agents and for people who have to justify it later.

rendering/durations.py makes a sentence of it: "2 working days from Fri 16:30, Mon is a holiday: due Wed 16:30"."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from chalicelib.rules.timing.closures import closed_between
from chalicelib.rules.timing.periods import Period
from chalicelib.rules.timing.worktime import Holidays, NoWorkingTime, WorkingHours, counted_from


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a promise made at `start` is due at `due`; all moments are in the shop's local time."""

    start: datetime
    due: datetime
    period: Period | None = None
    """What it was counted by; None if its date was decided."""
    decided: str = ""
    """What decided its date (rules.tickets.clocks.DECIDED)."""
    holidays: tuple[date, ...] = ()
    """Days between that would have counted otherwise."""
    counted_from: datetime | None = None
    """When counting began, if that was later than `start`."""


def explain(start: datetime, period: Period, due: datetime, hours: WorkingHours, holidays: Holidays) -> Explanation:
    """Why a promise of `period` made at `start` is due at `due`.

    `due` is what was promised at the time; if the policy's hours have changed since, the reasons named are today's.
    """
    start_at, due_at = start.astimezone(hours.zone), due.astimezone(hours.zone)
    if not period.working:
        return Explanation(start_at, due_at, period)
    closed = closed_between(start, due, hours, holidays)
    return Explanation(start_at, due_at, period, holidays=closed, counted_from=_counted(start, hours, holidays))


def explain_decided(why: str, set_at: datetime, due: datetime, hours: WorkingHours) -> Explanation:
    """Why a promise is due when its date was decided, not counted."""
    return Explanation(set_at.astimezone(hours.zone), due.astimezone(hours.zone), decided=why)


def _counted(start: datetime, hours: WorkingHours, holidays: Holidays) -> datetime | None:
    try:
        opening = counted_from(start.astimezone(UTC), hours, holidays)
    except NoWorkingTime:  # the shop has closed down since
        return None
    return opening.astimezone(hours.zone) if opening > start else None
