"""A line is out of stock: its customer chooses to wait, to take something else, or to cancel it; and silence counts.

Silence means what duties.delays says.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import NotOpen
from chalicelib.rules.orders.duties import delays
from chalicelib.rules.orders.duties.owing import TEAM, noted, owe, task, unsaid
from chalicelib.rules.orders.duties.promising import (
    TELL_STOCK,
    back_of,
    choice_of,
    clock,
    fresh,
    over,
    refunding,
)
from chalicelib.rules.orders.events import Stock
from chalicelib.rules.orders.history import state as state_of
from chalicelib.rules.orders.order import Choice, Chosen, Order
from chalicelib.rules.orders.state import LineState, OrderState
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.due_dates import end_of
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.outbox import Purpose

CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class OpenChoice:
    """A choice that the customer may still make, or change, until `until`. `line`: its id."""

    line: str
    stock: Stock
    until: datetime
    so_far: Chosen | None = None


def open_choices(order: Order, context: RuleContext) -> tuple[OpenChoice, ...]:
    """The choices that are open now, in the order's sequence of lines."""
    state = state_of(order.events)
    if over(state):
        return ()
    found = (_open(order, line, context) for line in state.lines)
    return tuple(choice for choice in found if choice)


def choose(order: Order, line: str, choice: Choice, sku: str, context: RuleContext) -> Order:
    """The order with the customer's choice for a line. `sku`: of the alternative, "" for another choice. The same
    choice again changes nothing. Raises NotOpen if this can't be chosen, or no longer."""
    found = next((each for each in open_choices(order, context) if each.line == line), None)
    skus = {other.sku for other in found.stock.alternatives} if found else set()
    if found is None or (choice is Choice.ALTERNATIVE) != bool(sku) or (sku and sku not in skus):
        raise NotOpen(f"{choice} is not open")
    if found.so_far and (found.so_far.choice, found.so_far.sku) == (choice, sku):
        return order
    act = noted(order, context, Action.ACTED, *details_of(DetailCode.ACT, f"choose {choice}"), actor=CUSTOMER)
    return replace(_decided(act, Chosen(line, choice, context.at, sku), context), version=order.version + 1)


def ended(order: Order, line: str, context: RuleContext) -> Order:
    """The order when the time to choose about a line is over: the choice stays, or silence decides."""
    found = next((each for each in state_of(order.events).lines if each.line.id == line), None)
    chosen = _chosen(order, line)
    after = replace(order, clocks=order.clocks.without(choice_of(line)))
    if chosen or found is None or found.stock is None or not found.to_come:
        return after
    choice = Choice.WAIT if delays.waits(order, found.stock, context) else Choice.CANCEL
    return _decided(after, Chosen(line, choice, context.at, by_silence=True), context)


def passed(order: Order, line: str, context: RuleContext) -> Order:
    """The order when the day is over on which the line was expected, and nothing was heard of it: a further delay, so
    a customer who waits is asked again, and has to agree to wait on."""
    state = state_of(order.events)
    found = next((each for each in state.lines if each.line.id == line), None)
    after = replace(order, clocks=order.clocks.without(back_of(line)))
    chosen = _chosen(order, line)
    still_out = found is not None and found.stock is not None and found.to_come and not over(state)
    if not still_out or (chosen and chosen.choice is not Choice.WAIT):
        return after
    return _asked(after, line, context)


def stock(order: Order, was: OrderState, state: OrderState, context: RuleContext) -> Order:
    """The order after news of its stock: a letter and a choice for each line that is out of stock, unless it was sent;
    what is pointless falls away."""
    before = {line.line.id: line.stock for line in was.lines}
    for line in state.lines:
        id = line.line.id
        if line.stock and line.stock != before.get(id) and line.to_come and not over(state):
            order = _out_of_stock(order, line, context)
        elif (order.clocks.named(choice_of(id)) or order.clocks.named(back_of(id))) and (
            line.stock is None or not line.to_come
        ):
            order = unsaid(order, Purpose.ORDER_OUT_OF_STOCK, id)
            order = replace(order, clocks=order.clocks.without(choice_of(id), back_of(id), *_told_of(order)))
    return order


def proven(order: Order, state: OrderState) -> Order:
    """The order with those choices done that its events prove to be done."""
    at = state.last_event_at
    lines = {line.line.id: line for line in state.lines}
    refunded = {part.line for refund in state.refunds for part in refund.lines}

    def is_done(chosen: Chosen) -> bool:
        line = lines.get(chosen.line)
        if chosen.choice is Choice.ALTERNATIVE:
            return line is None or line.substitute is not None
        gone = line is None or line.line.quantity == 0 or chosen.line in refunded
        return chosen.choice is Choice.CANCEL and (gone or state.cancelled_at is not None)

    done = tuple(replace(each, done_at=at) if not each.done_at and is_done(each) else each for each in order.choices)
    return replace(order, choices=done)


def _out_of_stock(order: Order, line: LineState, context: RuleContext) -> Order:
    """An earlier choice to wait was about another day, so it is asked again. A choice to cancel stays."""
    id, told_at = line.line.id, delays.told(order.events, line.line.id)[-1].occurred_at
    chosen = _chosen(order, id)
    if not fresh(told_at, context) or (chosen and chosen.choice is not Choice.WAIT):
        return order
    terms, clocks = context.shop.orders, order.clocks.without(back_of(id))
    telling = clocks.named(TELL_STOCK)
    if telling is None or telling.met_at:
        clocks = clocks.put(clock(TELL_STOCK, terms.tell_stock, told_at, context))
    expected = line.stock.expected if line.stock else None
    if expected and (ends := end_of(expected, context.shop.hours)) > context.at:
        clocks = clocks.put(clock(back_of(id), terms.choice, context.at, context, until=ends))
    return _asked(replace(order, clocks=clocks), id, context)


def _asked(order: Order, line: str, context: RuleContext) -> Order:
    """The order whose customer is asked to choose about a line, whatever they chose before."""
    clocks = order.clocks.put(clock(choice_of(line), context.shop.orders.choice, context.at, context))
    choices = tuple(each for each in order.choices if each.line != line)
    return owe(replace(order, clocks=clocks, choices=choices), Purpose.ORDER_OUT_OF_STOCK, context, line)


def _decided(order: Order, chosen: Chosen, context: RuleContext) -> Order:
    """The order with this choice in the place of an earlier one: a mail says what was chosen, and the shop has it to do
    unless the customer waits."""
    waits = chosen.choice is Choice.WAIT
    chosen = replace(chosen, done_at=context.at if waits else None)
    others = tuple(each for each in order.choices if each.line != chosen.line)
    clocks = order.clocks if waits else order.clocks.without(back_of(chosen.line))
    after = owe(
        replace(order, clocks=clocks, choices=(*others, chosen)), Purpose.ORDER_CHOICE_MADE, context, chosen.line
    )
    if not waits:
        after = task(after, f"choice {chosen.line}", TEAM, context)
    return _refunding(after, chosen, context)


def _refunding(order: Order, chosen: Chosen, context: RuleContext) -> Order:
    state = state_of(order.events)
    if chosen.choice is Choice.CANCEL:
        return refunding(order, state, context, chosen.at)
    cancels = any(each.choice is Choice.CANCEL for each in order.choices)
    unmet = order.clocks.unmet.only("refund")
    return order if cancels or not unmet else replace(order, clocks=order.clocks.without("refund"))


def _open(order: Order, line: LineState, context: RuleContext) -> OpenChoice | None:
    ends = order.clocks.named(choice_of(line.line.id))
    if line.stock is None or not line.to_come or ends is None or ends.due <= context.at:
        return None
    return OpenChoice(line.line.id, line.stock, ends.due, _chosen(order, line.line.id))


def _chosen(order: Order, line: str) -> Chosen | None:
    return next((each for each in order.choices if each.line == line), None)


def _told_of(order: Order) -> tuple[str, ...]:
    """The clock of telling, if no letter about stock is owed any more."""
    owed = order.outbox.owes(Purpose.ORDER_OUT_OF_STOCK) if order.outbox else False
    unmet = order.clocks.unmet.named(TELL_STOCK) is not None
    return (TELL_STOCK,) if unmet and not owed else ()
