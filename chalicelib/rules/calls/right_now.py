"""What customers are told about telephoning right now: a person picks up, or calls back by a time, or is there again
from a time on (decision 277).

A page is read for a while after it was made. So what is said holds at each moment of that while, and a time by which
somebody calls back is counted from its end.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.rules.calls import slots
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.timing import worktime
from chalicelib.rules.timing.worktime import NoWorkingTime, Shift, WorkingHours

LIFE = timedelta(seconds=60)
"""For how long a page with this line may be kept."""
_MINUTE = timedelta(minutes=1)


class Reach(StrEnum):
    """How a person can be spoken to."""

    PICKS_UP = "picks_up"
    CALLS_BACK = "calls_back"
    OPENS = "opens"


@dataclass(frozen=True, slots=True)
class Line:
    """`at`: until when a person picks up, by when one calls back, or from when on one is there."""

    reach: Reach
    at: datetime


def line(context: RuleContext, taken: Collection[str]) -> Line | None:
    """The line that holds from now until LIFE is over; None if nothing can be promised. `taken`: the places of the half
    hours to come that tickets have. While the present half hour has no place left, everybody is on the phone."""
    shop, end = context.shop, replace(context, at=context.at + LIFE)
    phone = WorkingHours(shop.timezone, shop.channels.answered if shop.channels.phone else ())
    soonest = slots.soonest(end, taken)
    call_back = Line(Reach.CALLS_BACK, _whole(soonest.until)) if soonest else None
    try:
        now = _shift(context.at, phone, context)
        if now and end.at < now[1]:
            return call_back if _all_busy(context, taken) else Line(Reach.PICKS_UP, now[1])
        if call_back and _day(call_back.at, context) == _day(context.at, context):
            return call_back
        openings = [_next(end.at, hours, context) for hours in (phone, shop.call_hours) if any(hours.week)]
    except NoWorkingTime:
        return call_back
    return Line(Reach.OPENS, min(openings)) if openings else None


def _shift(at: datetime, hours: WorkingHours, context: RuleContext) -> Shift | None:
    """The shift in which this moment is."""
    if not any(hours.week):
        return None
    _, shifts = next(worktime.working_days(_day(at, context), hours, context.holidays))
    return next((shift for shift in shifts if shift[0] <= at < shift[1]), None)


def _next(at: datetime, hours: WorkingHours, context: RuleContext) -> datetime:
    """When the next shift begins."""
    days = worktime.working_days(_day(at, context), hours, context.holidays)
    return next(opens for _, shifts in days for opens, _ in shifts if opens >= at)


def _all_busy(context: RuleContext, taken: Collection[str]) -> bool:
    """Whether as many calls are promised for this half hour as can be made."""
    shop = context.shop
    if not shop.calls.offered:
        return False
    current = slots.current(context)
    return current is not None and not slots.free_place(current, taken, shop)


def _day(moment: datetime, context: RuleContext) -> date:
    return worktime.local_date(moment, context.shop.hours)


def _whole(moment: datetime) -> datetime:
    """The moment, or the next whole minute: a time that is shown in minutes is never earlier than what it promises."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + _MINUTE
