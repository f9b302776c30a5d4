"""What a customer may still do about an order and until when: withdraw, and claim under the guarantees."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chalicelib.rules.intake import withdrawing
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import OrderState
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import WARRANTY, WITHDRAWAL
from chalicelib.rules.procedure.remedies import warranty
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.orders import order_links
from chalicelib.services.orders.shown.basket_view import said
from chalicelib.services.ports.deps import Deps

_MOST_CLAIMS = 20


@dataclass(frozen=True, slots=True)
class Rights:
    """`withdraw_url`: "" if the shop offers no withdrawal function. `withdraw_until` and the guarantees' last days:
    None until everything was delivered, since they count from then. `claims`: for each product that was delivered, its
    name and the form for a claim about it.
    """

    withdraw_url: str
    withdraw_until: date | None
    withdraw_over: bool
    statutory_until: date | None
    commercial_until: date | None
    claims: tuple[tuple[str, str], ...] = ()


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
        claims=tuple(_claims(deps, order, state, language)) if shop.offers(WARRANTY) else (),
    )


def _claims(deps: Deps, order: Order, state: OrderState, language: str) -> Iterator[tuple[str, str]]:
    """A claim can be made about what came; of a download nobody tells that it came."""
    there = [line for line in state.lines if line.delivered or (line.line.digital and state.paid_at)]
    for line in there[:_MOST_CLAIMS]:
        yield said(line.line.name), order_links.claim_url(deps, order, language, line.line.id)


def country(state: OrderState) -> str | None:
    """Where the customer lives, as far as the order says it: two letters."""
    to = state.basket.delivery_to or state.basket.billed_to if state.basket else None
    return to.country.strip().upper() or None if to else None
