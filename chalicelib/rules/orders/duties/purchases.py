"""What an order says about its purchase: for claims, withdrawals and refunds about it."""

from chalicelib.rules.orders.duties.promising import all_digital
from chalicelib.rules.orders.state import OrderState, Status
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets import money
from chalicelib.rules.tickets.procedure_facts import Purchase
from chalicelib.rules.timing.worktime import local_date

_MOST_PRODUCTS = 20
_LONGEST_NAME = 100


def purchase(state: OrderState, shop: Shop) -> Purchase | None:
    """The purchase, with days in the shop's time zone; None while the order itself is not known."""
    basket = state.basket
    if basket is None:
        return None
    ordered = [line for line in state.lines if line.line.quantity > 0]
    currency = basket.currency.upper()
    in_money = currency in money.CURRENCIES
    # As for refunds (promising.owed_back): an order that became smaller was paid as it was placed.
    total = max(basket.total, state.first_basket.total if state.first_basket else 0)
    paid = total - state.refunded if state.paid_at and in_money else 0
    return Purchase(
        bought=local_date(basket.placed_at, shop.hours),
        delivered=local_date(state.delivered_at, shop.hours) if state.delivered_at else None,
        to_be_sent=state.status in (Status.PLACED, Status.PARTLY_SENT) and any(line.to_come for line in ordered),
        downloads_only=all_digital(state),
        products=tuple(line.line.name[:_LONGEST_NAME] for line in ordered[:_MOST_PRODUCTS]),
        paid=max(paid, 0),
        currency=currency if in_money else "",
    )
