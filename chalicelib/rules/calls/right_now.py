"""What customers are told about telephoning right now: a person picks up, or calls back by a time, or is there again
from a time on (decision 274).

A page is read for a while after it was made. So what is said holds at each moment of that while, and a time by which
somebody calls back is counted from its end.
"""

from collections.abc import Callable, Collection
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
    """How a person can be spoken to. Of the phone is said only what the policy states: when it is answered."""

    PICKS_UP = "picks_up"
    CALLS_BACK = "calls_back"
    OPENS = "opens"
    ASK = "ask"  # somebody calls back; of the phone nothing is known


@dataclass(frozen=True, slots=True)
class Line:
    """`at`: until when a person picks up, by when one calls back, or from when on one is there."""

    reach: Reach
    at: datetime


def line(context: RuleContext, taken: Callable[[], Collection[str]]) -> Line | None:
    """The line that holds from now until LIFE is over; None if nothing can be promised. `taken` reads the places of the
    half hours to come that tickets have, or seem to have; it is asked only where they matter. While the present half
    hour has no place left, everybody is on the phone."""
    shop, end = context.shop, replace(context, at=context.at + LIFE)
    phone = WorkingHours(shop.timezone, shop.channels.answered if shop.channels.phone else ())
    if not any(phone.week):
        return _call_back(Reach.ASK, end, taken)
    try:
        now = _shift(context.at, phone, context)
        if now and end.at < now[1]:
            busy = _all_busy(context, taken)
            return _call_back(Reach.CALLS_BACK, end, taken) if busy else Line(Reach.PICKS_UP, now[1])
        opens = _next(context.at, phone, context)
    except NoWorkingTime:
        return _call_back(Reach.CALLS_BACK, end, taken)

    def sooner(call: Line | None) -> bool:
        return call is not None and (call.at < opens or _day(call.at, context) == _day(context.at, context))

    # If even a list without any call promises none before, it need not be read.
    if sooner(_call_back(Reach.CALLS_BACK, end, tuple)):
        call = _call_back(Reach.CALLS_BACK, end, taken)
        if sooner(call):
            return call
    return Line(Reach.OPENS, opens)


def _call_back(reach: Reach, end: RuleContext, taken: Callable[[], Collection[str]]) -> Line | None:
    """The soonest call that can still be promised when the page is no longer kept."""
    if not end.shop.calls.offered:
        return None
    soonest = slots.soonest(end, taken())
    return Line(reach, _whole(soonest.until)) if soonest else None


def _shift(at: datetime, hours: WorkingHours, context: RuleContext) -> Shift | None:
    """The shift in which this moment is."""
    _, shifts = next(worktime.working_days(_day(at, context), hours, context.holidays))
    return next((shift for shift in shifts if shift[0] <= at < shift[1]), None)


def _next(at: datetime, hours: WorkingHours, context: RuleContext) -> datetime:
    """When the next shift begins."""
    days = worktime.working_days(_day(at, context), hours, context.holidays)
    return next(opens for _, shifts in days for opens, _ in shifts if opens > at)


def _all_busy(context: RuleContext, taken: Callable[[], Collection[str]]) -> bool:
    """Whether as many calls are promised for this half hour as can be made."""
    shop = context.shop
    if not shop.calls.offered:
        return False
    current = slots.current(context)
    return current is not None and not slots.free_place(current, taken(), shop)


def _day(moment: datetime, context: RuleContext) -> date:
    return worktime.local_date(moment, context.shop.hours)


def _whole(moment: datetime) -> datetime:
    """The moment, or the next whole minute: a time that is shown in minutes is never earlier than what it promises."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + _MINUTE
