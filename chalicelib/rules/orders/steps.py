"""What happens when a clock of an order warns, is due, and on each day after; each step is taken once.

    clock           warn, due, daily            due
    the promises    the policy's steps          the customer hears that it is late, once in each period of silence
    silence                                     a letter that says how far the order is, and a task for the shop
    choice-…                                    silence decides (choices)
    back-…                                      the customer is asked again (choices)
    thanks, followup                            the letter (duties.afterwards)
    confirm                                     "shop": we send the confirmation that did not come
    deliver                                     a parcel that nobody follows: neither kept nor missed

An order has no kind of its own, so the shop's steps for complaints are taken (decision 212).
"""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.rules.orders import choices
from chalicelib.rules.orders.duties import afterwards
from chalicelib.rules.orders.duties.owing import SILENT, TEAM, noted, owe, task
from chalicelib.rules.orders.duties.promising import (
    CONFIRM,
    DELIVER,
    DISPATCH,
    PRICE_ERROR,
    PROMISES,
    SILENCE,
    awaited_line,
    chosen_line,
)
from chalicelib.rules.orders.history import state as state_of
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import OrderState, Status
from chalicelib.rules.orders.taking import confirm_instead, confirmed
from chalicelib.rules.policy.promises import COMPLAINT
from chalicelib.rules.tickets.clock_steps import stepped
from chalicelib.rules.tickets.clocks import Clock, RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.timing.periods import due

_LOGGED = {"warn": Action.PROMISE_WARNED, "due": Action.PROMISE_MISSED, "daily": Action.PROMISE_STILL_MISSED}
_TOLD_LATE = (DISPATCH, DELIVER)


def step(order: Order, context: RuleContext) -> Order | None:
    """The order after everything that has become due on it; None if nothing has."""
    names = [clock.name for clock in due_clocks(order, context)]
    if not names:
        return None
    after, state = order, state_of(order.events)
    for name in names:
        clock = after.clocks.named(name)
        # An earlier step of this run may have ended or moved it.
        if clock and clock in due_clocks(after, context):
            after = _take(after, state, clock, context)
    return replace(after, version=order.version + 1)


def due_clocks(order: Order, context: RuleContext) -> Iterable[Clock]:
    """The clocks with a step to take now. A choice and the silence come last: what others say before may answer
    them."""
    found = [clock for clock in order.clocks if clock.next_step and clock.next_step <= context.at]
    return sorted(found, key=lambda clock: clock.name == SILENCE or chosen_line(clock) is not None)


def _take(order: Order, state: OrderState, clock: Clock, context: RuleContext) -> Order:
    line = chosen_line(clock)
    if line is not None:
        return choices.ended(order, line, context)
    if awaited := awaited_line(clock):
        return choices.passed(order, awaited, context)
    if clock.name in afterwards.LETTERS:
        return afterwards.written(order, clock.name, context)
    if clock.name == SILENCE:
        return _break_silence(order, state, context)
    if clock.name == DELIVER and context.at >= clock.due and _unfollowed(state):
        return replace(order, clocks=order.clocks.without(DELIVER))
    order = _escalated(order, clock, context)
    if clock.stage(context.at) != "due":
        return order
    if clock.name == CONFIRM and context.shop.orders.confirmation == "shop" and not confirmed(order, state):
        return confirm_instead(order, context, "confirmation_missing")
    return _told_late(order, clock, context) if clock.name in _TOLD_LATE else order


def _escalated(order: Order, clock: Clock, context: RuleContext) -> Order:
    stage = clock.stage(context.at)
    after = replace(order, clocks=order.clocks.update(stepped(clock, context.at)))
    if clock.name not in (*PROMISES, PRICE_ERROR):
        return after
    after = noted(after, context, _LOGGED[stage], *details_of(DetailCode.CLOCK, clock.name))
    roles = tuple(role for each in context.shop.kinds[COMPLAINT].steps(stage) for role in each.mail)
    return task(after, f"{clock.name} {stage}", roles, context)


def _break_silence(order: Order, state: OrderState, context: RuleContext) -> Order:
    """A truthful letter about an order of which nothing was heard. Where nobody follows the parcels, it is the last:
    what was sent has probably arrived."""
    told = owe(order, Purpose.ORDER_STATUS, context, SILENT)
    if _unfollowed(state) or told.letters == order.letters:
        told = replace(told, clocks=told.clocks.without(SILENCE))
    return task(told, SILENT, TEAM, context)


def _told_late(order: Order, clock: Clock, context: RuleContext) -> Order:
    """The order whose customer hears that a promise is late, unless they were told how far it is a short time ago."""
    last = [letter.owed_at for letter in order.letters if letter.purpose == Purpose.ORDER_STATUS]
    terms, hours = context.shop.orders, context.shop.hours
    if last and due(last[-1], terms.silence, hours, context.holidays) > context.at:
        return order
    return owe(order, Purpose.ORDER_STATUS, context, clock.name)


def _unfollowed(state: OrderState) -> bool:
    """Whether everything was sent, and no courier ever said a word: then nobody will tell us of the delivery."""
    return state.status is Status.SENT and all(parcel.moved_at is None for parcel in state.parcels)
