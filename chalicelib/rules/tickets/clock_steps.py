"""How one clock goes on: to its next step, to a later due date, paused and resumed, met and running again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.rules.policy.model import Kind
from chalicelib.rules.tickets.clocks import REFUND, Clock, RuleContext, SetBy, warning
from chalicelib.rules.timing import worktime
from chalicelib.rules.timing.periods import parse

_DAILY = timedelta(days=1)


def moved(clock: Clock, until: datetime, kind: Kind, context: RuleContext, set_by: SetBy) -> Clock:
    """The clock with the later due date `until`; all its steps are still to come."""
    return replace(clock, due=until, warn_at=warning(until, kind, context), next_at=None, set_by=set_by)


def stepped(clock: Clock, now: datetime, again: Callable[[datetime], datetime] | None = None) -> Clock:
    """The clock after the step that was due now. `again` gives an overdue clock's next step; without it, steps are
    daily."""
    if now < clock.due:
        return replace(clock, next_at=clock.due)
    following = again or (lambda step: step + _DAILY)
    step = clock.due
    while step <= now:
        step = following(step)
    return replace(clock, next_at=step)


def paused(clock: Clock, now: datetime) -> Clock:
    """The clock, paused. An overdue clock can't be paused, because waiting does not undo the delay."""
    return replace(clock, paused_at=now) if clock.running and now < clock.due else clock


def run_again(clock: Clock, kind: Kind, context: RuleContext) -> Clock:
    """A met clock, running again. It keeps its due date, or is due now if that date has passed. A clock that was met
    late keeps its lateness."""
    if clock.met_at is None or clock.met_at > clock.due:
        return replace(clock, met_at=None)
    running = replace(clock, met_at=None)
    if clock.due > context.at:
        return moved(running, clock.due, kind, context, clock.set_by)
    return moved(running, context.at, kind, context, SetBy.CAME_BACK)


def resumed(clock: Clock, kind: Kind, context: RuleContext) -> Clock:
    """The clock running again with the time it had left: working time if its period counts that, else elapsed time.

    A clock due at an opening has as much working time left as one due at the closing before. So `until` is never before
    the old due date. A refund waits for goods, not for the customer's words (intake.withdrawing).
    """
    if clock.paused_at is None or clock.met_at or clock.name == REFUND:
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
