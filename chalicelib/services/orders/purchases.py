"""What is known of a customer's purchase: from the order that they name, if it is theirs."""

from chalicelib.rules.identity.addressing import same
from chalicelib.rules.orders.duties.purchases import purchase
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.procedure_facts import Purchase
from chalicelib.services.orders.commits import ref_of
from chalicelib.services.ports.deps import Deps


def purchased(deps: Deps, shop: Shop, number: str | None, address: str) -> Purchase | None:
    """The purchase with this order number, if it was made with this address; None otherwise, as if there were none."""
    order = deps.orders.order(ref_of(deps, shop.id, number)) if number and number.strip() and address else None
    if order is None or order.shop != shop.id or not belongs(order, address):
        return None
    return purchase(state(order.events), shop)


def belongs(order: Order, address: str) -> bool:
    """Whether the order was made with this e-mail address."""
    basket = state(order.events).basket
    return basket is not None and bool(basket.buyer.address) and same(basket.buyer.address, address)
