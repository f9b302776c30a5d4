"""How one clock goes on: to its next step, to a later moment, paused and resumed, met and run again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.rules.policy.model import Kind
from chalicelib.rules.tickets.clocks import Clock, RuleContext, SetBy, warning
from chalicelib.rules.timing import worktime
from chalicelib.rules.timing.periods import parse

_DAILY = timedelta(days=1)


def moved(clock: Clock, until: datetime, kind: Kind, context: RuleContext, set_by: SetBy) -> Clock:
    """The clock due later, with its steps still to come."""
    return replace(clock, due=until, warn_at=warning(until, kind, context), next_at=None, set_by=set_by)


def stepped(clock: Clock, now: datetime, again: Callable[[datetime], datetime] | None = None) -> Clock:
    """The clock after the step that was due now; `again` finds when an overdue one steps next, else daily."""
    if now < clock.due:
        return replace(clock, next_at=clock.due)
    following = again or (lambda step: step + _DAILY)
    step = clock.due
    while step <= now:
        step = following(step)
    return replace(clock, next_at=step)


def paused(clock: Clock, now: datetime) -> Clock:
    """The clock standing still. One that is overdue runs on: waiting mends nothing that is late already."""
    return replace(clock, paused_at=now) if clock.running and now < clock.due else clock


def run_again(clock: Clock, kind: Kind, context: RuleContext) -> Clock:
    """The clock going on although it was met: due when it was, or now if that is over. One that was met late is as
    late as it was."""
    if clock.met_at is None or clock.met_at > clock.due:
        return replace(clock, met_at=None)
    going = replace(clock, met_at=None)
    if clock.due > context.at:
        return moved(going, clock.due, kind, context, clock.set_by)
    return moved(going, context.at, kind, context, SetBy.CAME_BACK)


def resumed(clock: Clock, kind: Kind, context: RuleContext) -> Clock:
    """The clock going on with as much time as it had left: working time if its period is of that, else by the clock.

    Due at an opening, it had as much left as if it were due at the closing before: that does not bring it nearer."""
    if clock.paused_at is None or clock.met_at:
        return clock
    if parse(clock.period).working:
        left = worktime.between(clock.paused_at, clock.due, context.shop.hours, context.holidays)
        until = max(worktime.add(context.at, left, context.shop.hours, context.holidays), clock.due)
    else:
        until = context.at + (clock.due - clock.paused_at)
    warned = clock.next_at is not None
    warn_at = clock.warn_at if warned else warning(until, kind, context)
    return replace(
        clock, paused_at=None, due=until, warn_at=warn_at, next_at=until if warned else None, set_by=SetBy.PAUSE
    )
