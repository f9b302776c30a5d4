"""The clocks of an order: what is promised about it, each counted from its event's moment, not from its arrival.

clock        begins with                        is met by
confirm      the placing                        our confirmation, or the shop's own
dispatch     the placing                        the sending of the last piece
deliver      the placing; or the order's day    the delivery of the last piece
silence      the placing, then each letter      the next letter; it is the day that each letter names
tell_stock   a line that is out of stock        the letter about it
choice-…     that letter                        the customer's choice, or its own end
back-…       a line that is out of stock        its sending; else we ask again when its expected day is over
refund       a cancellation of what was paid    refunds of as much, or a person who says so
price_error  the hold for a price               a person's decision
thanks       the end of what we owed            the letter
followup     the end of what we owed            the letter
retain       the last event                     the purge
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.rules.orders.basket import Basket
from chalicelib.rules.orders.events import EventKind
from chalicelib.rules.orders.order import Choice, Order
from chalicelib.rules.orders.state import LineState, OrderState, Status
from chalicelib.rules.policy.promises import COMPLAINT
from chalicelib.rules.tickets.clocks import REFUND, RETAIN, Clock, Clocks, RuleContext
from chalicelib.rules.tickets.due_dates import end_of
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.timing.periods import Period, before, due

CONFIRM, DISPATCH, DELIVER, SILENCE = "confirm", "dispatch", "deliver", "silence"
TELL_STOCK, PRICE_ERROR = "tell_stock", "price_error"
THANKS, FOLLOWUP = "thanks", "followup"
_CHOICE, _BACK = "choice-", "back-"
PROMISES = (CONFIRM, DISPATCH, DELIVER, TELL_STOCK, REFUND)
"""The promises to customers: these are counted as kept or missed."""
UNDER_WAY = (CONFIRM, DISPATCH, DELIVER, SILENCE, TELL_STOCK, PRICE_ERROR)
FRESH = timedelta(days=3)
"""What happened longer ago, when we first hear of it, is shown but makes no letter (decision 211)."""


def choice_of(line: str) -> str:
    """The name of the clock by which a customer chooses about a line."""
    return f"{_CHOICE}{line}"


def chosen_line(clock: Clock) -> str | None:
    """The line that this clock waits for a choice about; None for another clock."""
    return clock.name.removeprefix(_CHOICE) if clock.name.startswith(_CHOICE) else None


def back_of(line: str) -> str:
    """The name of the clock that runs until the day on which a line is expected back."""
    return f"{_BACK}{line}"


def awaited_line(clock: Clock) -> str | None:
    """The line that is expected back by this clock; None for another clock."""
    return clock.name.removeprefix(_BACK) if clock.name.startswith(_BACK) else None


def fresh(moment: datetime, context: RuleContext) -> bool:
    return context.at - moment <= FRESH


def known_late(order: Order, state: OrderState) -> bool:
    """Whether we first heard of the order long after it was placed, as by an import: its customer had heard of it by
    then."""
    return state.basket is not None and order.known_at - state.basket.placed_at > FRESH


def all_digital(state: OrderState) -> bool:
    return bool(state.lines) and all(line.line.digital for line in state.lines)


def over(state: OrderState) -> bool:
    """Whether nothing of the order is under way any more."""
    ended = state.status in (Status.DELIVERED, Status.CANCELLED)
    return ended or (all_digital(state) and state.paid_at is not None)


def decided(order: Order) -> bool:
    """Whether a person has said that a price was wrong: then the order is not carried out."""
    return any(letter.purpose == Purpose.ORDER_PRICE_ERROR for letter in order.letters)


def finished(order: Order, state: OrderState) -> bool:
    """Whether no next word is owed."""
    return over(state) or decided(order)


def clock(name: str, period: Period, since: datetime, context: RuleContext, until: datetime | None = None) -> Clock:
    """The clock that began at `since`. It warns as early as those of a complaint do (decision 212)."""
    ends = until or due(since, period, context.shop.hours, context.holidays)
    ahead = context.shop.kinds[COMPLAINT].warn if name in PROMISES or name == PRICE_ERROR else None
    warn_at = before(ends, ahead, context.shop.hours, context.holidays) if ahead else None
    return Clock(name, str(period), since, ends, warn_at=warn_at if warn_at and warn_at > context.at else None)


def promised(order: Order, was: OrderState, state: OrderState, context: RuleContext) -> Order:
    """The order with the clocks that follow from its new state."""
    clocks = order.clocks
    if state.basket and was.basket is None:
        clocks = clocks.put(*_opening(order, state, state.basket, context))
    elif state.basket and (running := clocks.named(DELIVER)) and running.running:
        # A later day of the shop's own does not take back the promise that the customer was given.
        sooner = min(running.due, _delivery_due(state.basket, context))
        clocks = clocks if sooner == running.due else clocks.update(replace(running, due=sooner))
    clocks = _met(clocks, state, context)
    if finished(order, state):
        clocks = ended(clocks)
    last = state.last_event_at or context.at
    clocks = clocks.put(clock(RETAIN, context.shop.orders.retain, last, context))
    newly = state.cancelled_at if was.cancelled_at is None else None
    return refunding(replace(order, clocks=clocks), state, context, newly)


def ended(clocks: Clocks) -> Clocks:
    """The clocks of an order of which nothing is under way any more. Those that were met stay as a record."""
    unmet = (each.name for each in clocks.unmet.only(*UNDER_WAY))
    return clocks.without(*unmet, *(each.name for each in clocks if chosen_line(each) or awaited_line(each)))


def _opening(order: Order, state: OrderState, basket: Basket, context: RuleContext) -> Iterable[Clock]:
    """The clocks of an order that became known. What was over before we knew of it is not promised by us."""
    terms, placed_at = context.shop.orders, basket.placed_at
    confirm = clock(CONFIRM, terms.confirm, placed_at, context)
    found = [] if known_late(order, state) else [confirm]
    if not all_digital(state):
        found.append(clock(DISPATCH, terms.dispatch, placed_at, context))
        found.append(clock(DELIVER, terms.deliver, placed_at, context, _delivery_due(basket, context)))
    timely = [each for each in found if each.due > context.at or not known_late(order, state)]
    still_expected = due(placed_at, terms.deliver, context.shop.hours, context.holidays) > context.at
    since = context.at if known_late(order, state) else placed_at
    return [*timely, *([clock(SILENCE, terms.silence, since, context)] if still_expected else [])]


def _delivery_due(basket: Basket, context: RuleContext) -> datetime:
    """The policy's promise, or the order's own day if that is sooner. Customers have that whole day."""
    promise = due(basket.placed_at, context.shop.orders.deliver, context.shop.hours, context.holidays)
    return min(promise, end_of(basket.deliver_by, context.shop.hours)) if basket.deliver_by else promise


def _met(clocks: Clocks, state: OrderState, context: RuleContext) -> Clocks:
    if context.shop.orders.confirmation == "shop" and state.shop_confirmed_at:
        clocks = clocks.meet(CONFIRM, at=state.shop_confirmed_at)
    if state.parcels and state.status in (Status.SENT, Status.DELIVERED):
        clocks = clocks.meet(DISPATCH, at=max(parcel.sent_at for parcel in state.parcels))
    return clocks.meet(DELIVER, at=state.delivered_at) if state.delivered_at else clocks


# Money back -----------------------------------------------------------------------------------------------------------


def owed_back(order: Order, state: OrderState) -> int:
    """How much of what was paid is to be paid back in all: the whole order less what was sent, or the cancelled
    lines."""
    if state.basket is None or state.paid_at is None:
        return 0
    total = max(state.basket.total, state.first_basket.total if state.first_basket else 0)
    if decided(order) or state.status is Status.CANCELLED:
        return max(total - sum(map(_value_sent, state.lines)), 0)
    gone = {chosen.line for chosen in order.choices if chosen.choice is Choice.CANCEL}
    ordered = {line.id: line for line in (*state.basket.lines, *(state.first_basket or state.basket).lines)}
    return min(sum(ordered[line].total for line in gone if line in ordered), total)


def _value_sent(line: LineState) -> int:
    return line.line.total * min(line.sent, line.line.quantity) // line.line.quantity if line.line.quantity else 0


def refunding(order: Order, state: OrderState, context: RuleContext, since: datetime | None = None) -> Order:
    """The order with the refund's clock, if money is owed back; met if it was paid. `since`: when something more was
    cancelled, after which a refund that was made before does not count for all."""
    owed, known = owed_back(order, state), order.clocks.named(REFUND)
    if owed and (known is None or (since and known.met_at)) and owed > state.refunded:
        began = since or state.cancelled_at or context.at
        return replace(order, clocks=order.clocks.put(clock(REFUND, context.shop.orders.refund, began, context)))
    if owed and known and state.refunded >= owed:
        refunds = (event.occurred_at for event in order.events if event.kind is EventKind.REFUNDED)
        return replace(order, clocks=order.clocks.meet(REFUND, at=max(refunds, default=context.at)))
    return order
