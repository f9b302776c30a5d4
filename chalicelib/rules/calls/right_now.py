"""What customers are told about telephoning right now: a person picks up, or calls back by a time, or is there again
from a time on (decisions 274 and 314).

A page is read for a while after it was made. So what is said holds at each moment of that while, and a time by which
somebody calls back is counted from its end. While all agents are away, nobody picks up and nobody calls.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.rules.access.absences import Absences
from chalicelib.rules.calls import slots
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.timing import worktime
from chalicelib.rules.timing.opening_times import SAID_FOR, opening_after, shift_at
from chalicelib.rules.timing.worktime import WorkingHours

_MINUTE = timedelta(minutes=1)
_NOBODY = Absences()


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


def line(context: RuleContext, taken: Callable[[], Collection[str]], away: Absences = _NOBODY) -> Line | None:
    """The line that holds from now for as long as it is said; None if nothing can be promised. `taken` reads the places
    of the half hours to come that tickets have, or seem to have; it is asked only where they matter. While the present
    half hour has no place left, everybody is on the phone. `away`: the shop's absences."""
    shop, end = context.shop, replace(context, at=context.at + SAID_FOR)
    phone = WorkingHours(shop.timezone, shop.channels.answered if shop.channels.phone else ())

    def staffed(at: datetime) -> bool:
        return bool(away.there(shop, at))

    def call_back(reach: Reach, taken: Callable[[], Collection[str]]) -> Line | None:
        call = _call_back(reach, end, taken)
        return call if call and staffed(call.at) and staffed(end.at) else None

    if not any(phone.week):
        return call_back(Reach.ASK, taken)
    now = shift_at(context.at, phone, context.holidays)
    if now and end.at < now[1] and staffed(context.at) and staffed(end.at):
        busy = _all_busy(context, taken)
        return call_back(Reach.CALLS_BACK, taken) if busy else Line(Reach.PICKS_UP, now[1])
    opens = opening_after(context.at, phone, context.holidays, staffed)
    if opens is None:
        return call_back(Reach.CALLS_BACK, taken)

    def sooner(call: Line | None) -> bool:
        return call is not None and (call.at < opens or _day(call.at, context) == _day(context.at, context))

    # If even a list without any call promises none before, it need not be read.
    if sooner(call_back(Reach.CALLS_BACK, tuple)):
        call = call_back(Reach.CALLS_BACK, taken)
        if sooner(call):
            return call
    return Line(Reach.OPENS, opens)


def _call_back(reach: Reach, end: RuleContext, taken: Callable[[], Collection[str]]) -> Line | None:
    """The soonest call that can still be promised when the page is no longer kept."""
    if not end.shop.calls.offered:
        return None
    soonest = slots.soonest(end, taken())
    return Line(reach, _whole(soonest.until)) if soonest else None


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
