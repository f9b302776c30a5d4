"""An order is held while a person looks at it: nothing that we write accepts it. What people decide about orders.

A price may be a mistake (duties.prices). An automatic confirmation would accept the order all the same, so an order
with such a price is held before any letter is written, and its owner is told at once (decision 214).
"""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.errors import NotOpen
from chalicelib.rules.orders.duties.owing import OWNER, RECEIVED, noted, owe, task, unsaid, was_owed
from chalicelib.rules.orders.duties.promising import PRICE_ERROR, clock, decided, ended, known_late, over, refunding
from chalicelib.rules.orders.history import state as state_of
from chalicelib.rules.orders.order import Hold, LetterRef, Order, WrongPrice
from chalicelib.rules.tickets.clocks import REFUND, Clocks, RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, details_of, reason_detail
from chalicelib.rules.tickets.outbox import Purpose

PRICE_CHECK = "price_check"
_SEPARATOR = ", "
ASKED = "asked"
"""What a status letter is about that an agent sends."""


def for_price(order: Order, skus: Sequence[str], context: RuleContext) -> Order:
    """The new order, held because the prices of these products may be wrong. The time to decide counts from
    noticing."""
    decide = clock(PRICE_ERROR, context.shop.orders.price_error, context.at, context)
    held = replace(order, hold=Hold.PRICE_CHECK, held_at=context.at, hold_reason=_SEPARATOR.join(skus)[:200])
    held = replace(held, clocks=order.clocks.put(decide))
    told = task(held, PRICE_CHECK, OWNER, context)
    return noted(told, context, Action.ACTED, *details_of(DetailCode.ACT, f"hold {Hold.PRICE_CHECK}"))


def hold(order: Order, actor: str, reason: str, context: RuleContext) -> Order:
    """The order, held by an agent. Its promises run on: they were made to the customer. Raises NotOpen if it is held
    already or over."""
    if order.hold or over(state_of(order.events)):
        raise NotOpen("the order is held, or over")
    held = replace(order, hold=Hold.BY_AGENT, held_at=context.at, hold_reason=reason.strip()[:200])
    return _acted(held, actor, "hold", reason, context)


def release(order: Order, actor: str, reason: str, context: RuleContext) -> Order:
    """The order goes on, and its customer gets the confirmation that was held back. Raises NotOpen if it is not held,
    or was decided to have a wrong price."""
    if order.hold is None or decided(order):
        raise NotOpen("the order is not held")
    was_price = order.hold is Hold.PRICE_CHECK
    freed = replace(order, hold=None, held_at=None, hold_reason="", clocks=_met(order, PRICE_ERROR, context))
    freed = unsaid(freed, Purpose.ORDER_CONFIRMED, RECEIVED)
    state = state_of(order.events)
    ours = context.shop.orders.confirmation == "aftercare" or was_owed(order, Purpose.ORDER_CONFIRMED, RECEIVED)
    confirms = was_price and ours and state.cancelled_at is None and not known_late(order, state)
    if confirms and not was_owed(freed, Purpose.ORDER_CONFIRMED):
        freed = owe(freed, Purpose.ORDER_CONFIRMED, context)
    return _acted(freed, actor, "release", reason, context)


def price_error(order: Order, actor: str, reason: str, context: RuleContext, right: int | None = None) -> Order:
    """A person says that the price is a mistake: the customer gets the letter that the order is not carried out, and
    what was paid is paid back. The order stays held. `right`: what a piece costs in truth, which the letter offers; it
    is left out where more than one line has a wrong price. Raises NotOpen if the order is not held for its price, was
    decided, or the time to decide is over and no reason is given: such a declaration has to come without undue
    delay."""
    deciding = order.clocks.named(PRICE_ERROR)
    late = deciding is not None and deciding.due < context.at
    if order.hold is not Hold.PRICE_CHECK or decided(order) or (late and not reason.strip()):
        raise NotOpen("the price of this order is not to be decided")
    said = unsaid(replace(order, clocks=_met(order, PRICE_ERROR, context)), Purpose.ORDER_CONFIRMED, RECEIVED)
    line = wrong_line(order)
    said = owe(said, Purpose.ORDER_PRICE_ERROR, context, line)
    wrong = WrongPrice(line, right if line else None)
    said = replace(said, letters=tuple(_about(each, wrong) for each in said.letters))
    said = replace(said, clocks=ended(said.clocks))
    said = refunding(said, state_of(order.events), context, context.at)
    return _acted(said, actor, "price_error", reason, context)


def note_refunded(order: Order, actor: str, reason: str, context: RuleContext) -> Order:
    """A person says that the money was paid back. Raises NotOpen if none is owed."""
    owed = order.clocks.named(REFUND)
    if owed is None or owed.met_at:
        raise NotOpen("no refund is owed")
    return _acted(replace(order, clocks=_met(order, REFUND, context)), actor, "note_refunded", reason, context)


def send_word(order: Order, actor: str, context: RuleContext) -> Order:
    """A status letter now, because an agent wants the customer to hear. Raises NotOpen if nothing is known of the order
    yet, or it has no address."""
    state = state_of(order.events)
    if state.basket is None or not state.basket.buyer.address:
        raise NotOpen("nobody can be told")
    return _acted(owe(order, Purpose.ORDER_STATUS, context, ASKED), actor, "send_word", "", context)


def _about(letter: LetterRef, wrong: WrongPrice) -> LetterRef:
    return replace(letter, wrong_price=wrong) if letter.purpose == Purpose.ORDER_PRICE_ERROR else letter


def wrong_line(order: Order) -> str:
    """The id of the only line with a suspected price; "" if there are several."""
    skus = order.hold_reason.split(_SEPARATOR)
    lines = [line.line.id for line in state_of(order.events).lines if line.line.sku and line.line.sku in skus]
    return lines[0] if len(lines) == 1 else ""


def _met(order: Order, name: str, context: RuleContext) -> Clocks:
    return order.clocks.meet(name, at=context.at)


def _acted(order: Order, actor: str, act: str, reason: str, context: RuleContext) -> Order:
    details = details_of(DetailCode.ACT, act) + ((reason_detail(reason),) if reason.strip() else ())
    after = noted(order, context, Action.ACTED, *details, actor=actor)
    return replace(after, version=order.version + 1)
