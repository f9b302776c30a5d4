"""What a customer is written when an order is done: thanks, and later whether all is well, as the policy says.

Thanks advertise the shop, so they need what every advert needs (rules.tickets.advertising, decision 230). The follow-up
serves the order: it says how to reach us, what guarantee there is, and where a parcel is that is still under way.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.orders.duties.owing import owe, was_owed
from chalicelib.rules.orders.duties.promising import FOLLOWUP, THANKS, all_digital, clock, decided, fresh
from chalicelib.rules.orders.history import state as state_of
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import OrderState, Status
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.advertising import Customer, NoAdvert, refused
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.outbox import Purpose

LETTERS = {THANKS: Purpose.ORDER_THANKS, FOLLOWUP: Purpose.ORDER_FOLLOWUP}
"""The letter of each clock."""


def begun(order: Order, was: OrderState, state: OrderState, context: RuleContext) -> Order:
    """The order with the clocks of these letters, when it is done: delivered or, if it is digital, paid. Without them
    when there is nothing to be thankful for."""
    if not _well(order, state):
        return replace(order, clocks=order.clocks.without(*LETTERS))
    done_at = _done_at(state)
    if done_at is None or _done_at(was) is not None or not fresh(done_at, context):
        return order
    terms = context.shop.orders
    periods = {THANKS: terms.thanks, FOLLOWUP: terms.followup}
    if advert_refusal(state, context.shop):
        periods.pop(THANKS)
    clocks = [clock(name, period, done_at, context) for name, period in periods.items() if period]
    return replace(order, clocks=order.clocks.put(*clocks))


def written(order: Order, name: str, context: RuleContext) -> Order:
    """The order when such a clock is due, with its letter owed, once."""
    state = state_of(order.events)
    order = replace(order, clocks=order.clocks.without(name))
    to = state.basket.buyer.address if state.basket else ""
    unwanted = not _well(order, state) or not is_address(to) or was_owed(order, LETTERS[name])
    return order if unwanted else owe(order, LETTERS[name], context)


def advert_refusal(state: OrderState, shop: Shop, *, objected: bool = False) -> NoAdvert | None:
    """Why no advert may go to the order's customer; None if one may. The order is the sale, and says what its customer
    was told and consented to when they placed it: later versions of it do not count."""
    placed = state.first_basket
    if placed is None:
        return NoAdvert.NO_SALE
    return refused(Customer(True, placed.advert_notice, placed.advert_consent), shop, objected=objected)


def _well(order: Order, state: OrderState) -> bool:
    """Whether it went as it should: nothing was cancelled, sent back or paid back, and no price was wrong."""
    went_back = state.refunds or any(line.returned for line in state.lines)
    return state.status is not Status.CANCELLED and not went_back and not order.hold and not decided(order)


def _done_at(state: OrderState) -> datetime | None:
    return state.paid_at if all_digital(state) else state.delivered_at
