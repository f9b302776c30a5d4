"""What new events about an order lead to: clocks, and letters about what is new in its state. What was known before,
and what happened long ago, makes no letter."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chalicelib.rules.identity.addressing import same
from chalicelib.rules.orders import addresses, choices, holds
from chalicelib.rules.orders.basket import Basket
from chalicelib.rules.orders.duties import afterwards
from chalicelib.rules.orders.duties.owing import OWNER, RECEIVED, TEAM, owe, task, unsaid, waits, was_owed
from chalicelib.rules.orders.duties.promising import finished, fresh, known_late, promised
from chalicelib.rules.orders.events import OrderEvent
from chalicelib.rules.orders.history import state as state_of
from chalicelib.rules.orders.keeping import kept
from chalicelib.rules.orders.order import Hold, Order
from chalicelib.rules.orders.reducing import reduced_event
from chalicelib.rules.orders.state import OrderState, ParcelStatus, Status
from chalicelib.rules.tickets.clocks import Clocks, RuleContext
from chalicelib.rules.tickets.outbox import Purpose

_NOTHING = OrderState(Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How events came: for which order, by which source, and the SKUs whose price is suspected to be wrong."""

    ref: str
    source: str
    suspected: tuple[str, ...] = ()


def take(order: Order | None, events: Iterable[OrderEvent], context: RuleContext, arrival: Arrival) -> Order:
    """The order after these events about it; the same order if they say nothing new. Raises TooLarge if it has no room
    for them, ValueError without events for a new order."""
    new = tuple(map(reduced_event, events) if order and order.reduced_at else events)
    facts = kept(order.events if order else (), new, context.at)
    if order and facts == order.events:
        return order
    was, state = state_of(order.events) if order else _NOTHING, state_of(facts)
    if order is None:
        ref, shop, number = arrival.ref, context.shop.id, new[0].number
        following = Order(ref, shop, number, arrival.source, context.at, facts, Clocks())
    else:
        following = replace(order, events=facts, version=order.version + 1)
    following = promised(following, was, state, context)
    if state.basket is None or following.reduced_at:
        return following
    if was.basket is None:
        was = _NOTHING
        if arrival.suspected and state.status is Status.PLACED:
            following = holds.for_price(following, arrival.suspected, context)
    following = choices.proven(following, state)
    return _told(following, was, state, context)


def _told(order: Order, was: OrderState, state: OrderState, context: RuleContext) -> Order:
    """The order with the letters about what is new."""
    order = _readdressed(order, was, state, context)
    order = _confirmation(order, was, state, context)
    order = _doubts(order, was, state, context)
    order = _change(order, was, state, context)
    order = _parcels(order, was, state, context)
    if state.status is Status.CANCELLED and was.cancelled_at is None:
        order = _cancelled(order, state, context)
    else:
        order = choices.stock(order, was, state, context)
    if state.delivered_at and was.delivered_at is None and fresh(state.delivered_at, context):
        order = owe(order, Purpose.ORDER_DELIVERED, context)
    known = {refund.id for refund in was.refunds}
    for event in order.events:
        refund = event.refund
        if refund and refund.id not in known and fresh(event.occurred_at, context):
            known.add(refund.id)
            order = owe(order, Purpose.ORDER_REFUNDED, context, refund.id)
    return afterwards.begun(order, was, state, context)


def _readdressed(order: Order, was: OrderState, state: OrderState, context: RuleContext) -> Order:
    """The order whose buyer has another address now: what is owed goes there, the links that the old address was sent
    no longer open, and the confirmation goes to the new one, which never had it (decision 228)."""
    before = was.basket.buyer.address if was.basket else ""
    now = state.basket.buyer.address if state.basket else ""
    if was.basket is None or same(before, now):
        return order
    box = order.outbox.redirect(before, now) if order.outbox else None
    order = replace(order, link_version=order.link_version + 1, outbox=box)
    about = RECEIVED if order.hold else ""
    silent = finished(order, state) or waits(order, Purpose.ORDER_CONFIRMED, about)
    if silent or not was_owed(order, Purpose.ORDER_CONFIRMED, about):
        return order
    return owe(order, Purpose.ORDER_CONFIRMED, context, about)


def _doubts(order: Order, was: OrderState, state: OrderState, context: RuleContext) -> Order:
    """A question about an address that cannot be right, once, while it can still be corrected (decision 221)."""
    basket = state.basket if was.basket is None and addresses.correctable(state) else None
    if basket is None or not fresh(basket.placed_at, context) or not addresses.address_doubts(basket):
        return order
    return owe(order, Purpose.ORDER_CHECK_ADDRESS, context)


def confirmed(order: Order, state: OrderState) -> bool:
    """Whether the customer has a confirmation, or will have it: ours, the shop's, or one from before we knew."""
    return was_owed(order, Purpose.ORDER_CONFIRMED) or bool(state.shop_confirmed_at) or known_late(order, state)


def _confirmation(order: Order, was: OrderState, state: OrderState, context: RuleContext) -> Order:
    if state.status is Status.CANCELLED or known_late(order, state):
        return order
    if context.shop.orders.confirmation == "shop":
        failed = state.shop_confirmation_failed_at
        if not failed or failed == was.shop_confirmation_failed_at or failed < (state.shop_confirmed_at or failed):
            return order
        return confirm_instead(order, context, "confirmation_failed")
    if was.basket is not None:
        return order
    return owe(order, Purpose.ORDER_CONFIRMED, context, RECEIVED if order.hold else "")


def confirm_instead(order: Order, context: RuleContext, about: str) -> Order:
    """The shop's own confirmation failed: we send it, once, and the owner is told."""
    told = task(order, about, OWNER, context)
    held = RECEIVED if order.hold else ""
    return told if was_owed(order, Purpose.ORDER_CONFIRMED, held) else owe(told, Purpose.ORDER_CONFIRMED, context, held)


def _change(order: Order, was: OrderState, state: OrderState, context: RuleContext) -> Order:
    """A letter that is still to be sent says how things stand then, so it needs no second one."""
    if was.basket is None or state.basket is None or state.status is Status.CANCELLED or order.hold is Hold.PRICE_CHECK:
        return order
    unseen = _seen(was.basket) == _seen(state.basket) or waits(order, Purpose.ORDER_CONFIRMED)
    if unseen or not confirmed(order, state) or not fresh(state.changed_at or context.at, context):
        return order
    return owe(order, Purpose.ORDER_CHANGED, context)


def _seen(basket: Basket) -> object:
    """What the customer sees of an order."""
    lines = [(line.name, line.sku, line.quantity, line.unit_price, line.total) for line in basket.lines]
    places = basket.delivery_to, basket.billed_to, basket.deliver_by
    return lines, basket.costs, basket.total, basket.currency, places


def _parcels(order: Order, was: OrderState, state: OrderState, context: RuleContext) -> Order:
    before = {parcel.id: parcel.status for parcel in was.parcels}
    for parcel in state.parcels:
        if parcel.id not in before and parcel.status is ParcelStatus.SENT and fresh(parcel.sent_at, context):
            order = owe(order, Purpose.ORDER_SENT, context, parcel.id)
        failed = parcel.status is ParcelStatus.FAILED and before.get(parcel.id) is not ParcelStatus.FAILED
        if failed and fresh(parcel.moved_at or parcel.sent_at, context):
            order = task(order, f"failed {parcel.id}", TEAM, context)
    return order


def _cancelled(order: Order, state: OrderState, context: RuleContext) -> Order:
    for purpose in (Purpose.ORDER_CONFIRMED, Purpose.ORDER_CHANGED, Purpose.ORDER_STATUS):
        order = unsaid(order, purpose)
    if state.cancelled_at and fresh(state.cancelled_at, context):
        return owe(order, Purpose.ORDER_CANCELLED, context)
    return order
