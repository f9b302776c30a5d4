"""What a customer may still do about an order and until when: withdraw, and claim under the guarantees."""

from dataclasses import dataclass
from datetime import date

from chalicelib.rules.intake import withdrawing
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import OrderState
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import WITHDRAWAL
from chalicelib.rules.procedure import warranty
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.orders import order_links
from chalicelib.services.ports.deps import Deps


@dataclass(frozen=True, slots=True)
class Rights:
    """`withdraw_url`: "" if the shop offers no withdrawal function. `withdraw_until` and the guarantees' last days:
    None until everything was delivered, since they count from then."""

    withdraw_url: str
    withdraw_until: date | None
    withdraw_over: bool
    statutory_until: date | None
    commercial_until: date | None


def rights(deps: Deps, shop: Shop, order: Order, state: OrderState, language: str) -> Rights:
    """The rights that come with this order, today."""
    context = deps.context(shop)
    today = local_date(context.at, shop.hours)
    day = local_date(state.delivered_at, shop.hours) if state.delivered_at else None
    offered = shop.offers(WITHDRAWAL)
    until = withdrawing.last_day(day, context) if day and offered else None
    covered = warranty.cover(shop, Claim(delivered=day), country(state), today) if day else None
    return Rights(
        withdraw_url=order_links.withdrawal_url(deps, order, language) if offered else "",
        withdraw_until=until,
        withdraw_over=until is not None and today > until,
        statutory_until=covered.statutory_until if covered else None,
        commercial_until=covered.commercial_until if covered else None,
    )


def country(state: OrderState) -> str | None:
    """Where the customer lives, as far as the order says it: two letters."""
    to = state.basket.delivery_to or state.basket.billed_to if state.basket else None
    return to.country.strip().upper() or None if to else None
