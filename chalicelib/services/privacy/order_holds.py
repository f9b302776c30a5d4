"""The console's legal hold on an order, and the end of it."""

from typing import TypedDict

from chalicelib.errors import InvalidEvent
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.reducing import with_hold
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.orders.commits import change
from chalicelib.services.ports.deps import Deps


class LegalHold(TypedDict):
    """`done`: whether this changed anything; `kept_until`: when the retention of an order or a closed ticket ends, if
    it is not on hold."""

    reference: str
    done: bool
    on_hold: bool
    kept_until: str | None


def find(deps: Deps, shop: Shop, ref: str) -> Order:
    """The shop's order with this reference. Raises InvalidEvent."""
    order = deps.orders.order(ref)
    if order is None or order.shop != shop.id:
        raise InvalidEvent({"reference": f"name an order of {shop.id} that is there, for example O-7K3F9-QXMT2"})
    return order


def buyers(order: Order) -> list[Person]:
    """Everybody who was ever its buyer."""
    known = dict.fromkeys(event.basket.buyer for event in order.events if event.basket)
    return [Person(buyer.name, buyer.address, buyer.phone) for buyer in known]


def change_hold(deps: Deps, order: Order, reason: str, *, hold: bool) -> LegalHold:
    """Place or lift the hold."""
    after = change(deps, order, lambda order, context: with_hold(order, reason, context, hold=hold))
    retain = after.clocks.named(RETAIN)
    return {
        "reference": after.ref,
        "done": after.version != order.version,
        "on_hold": after.legal_hold,
        "kept_until": None if after.legal_hold or retain is None else retain.due.isoformat(),
    }
