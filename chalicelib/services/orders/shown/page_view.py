"""What an order's page shows to its customer."""

from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.rules.orders.addresses import Doubt, address_doubts, correctable
from chalicelib.rules.orders.basket import PostalAddress
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import AddressRequest, Hold, Order
from chalicelib.rules.orders.state import Status
from chalicelib.rules.policy.model import Shop
from chalicelib.services.orders import enclosed, letter_parts, order_links
from chalicelib.services.orders.enclosed import Enclosed
from chalicelib.services.orders.shown import basket_view, choice_view, parcels, passport, timeline
from chalicelib.services.orders.shown.basket_view import BasketView
from chalicelib.services.orders.shown.choice_view import ChoiceView
from chalicelib.services.orders.shown.parcels import ParcelView, Piece
from chalicelib.services.orders.shown.passport import PassportLink
from chalicelib.services.orders.shown.rights import Rights, rights
from chalicelib.services.orders.shown.timeline import Promise, Step
from chalicelib.services.ports.deps import Deps


@dataclass(frozen=True, slots=True)
class PageView:
    """An order as its customer sees it. `choices`: those that are open, each with the key of its page. `doubts`: about
    its addresses, while they can be corrected. `next_word`: the day until which the customer hears from the shop."""

    shop: Shop
    order: Order
    status: Status
    held: bool
    placed_at: datetime | None
    basket: BasketView | None
    deliver_by: date | None
    next_word: date | None
    steps: tuple[Step, ...]
    promises: tuple[Promise, ...]
    parcels: tuple[ParcelView, ...]
    to_come: tuple[Piece, ...]
    choices: tuple[tuple[str, ChoiceView], ...]
    doubts: tuple[Doubt, ...]
    asked: AddressRequest | None
    rights: Rights
    passports: tuple[PassportLink, ...]
    texts: tuple[Enclosed, ...]
    ask_url: str
    expires: datetime


def view(deps: Deps, order: Order, language: str) -> PageView:
    """The order's page in this language."""
    shop, known = deps.policy.shop(order.shop), state(order.events)
    basket = known.basket
    open_choices = choice_view.open_views(deps, shop, order, known)
    return PageView(
        shop=shop,
        order=order,
        status=known.status,
        held=order.hold is Hold.PRICE_CHECK,
        placed_at=basket.placed_at if basket else None,
        basket=basket_view.view(basket, known) if basket else None,
        deliver_by=letter_parts.arrives_by(shop, order, known),
        next_word=letter_parts.day_of(shop, order, "silence"),
        steps=timeline.steps(order, known),
        promises=timeline.promises(deps, shop, order),
        parcels=parcels.views(known),
        to_come=parcels.to_come(order, known),
        choices=tuple((order_links.line_key(each.line), each) for each in open_choices),
        doubts=address_doubts(basket) if basket and correctable(known) else (),
        asked=order.address_request if correctable(known) else None,
        rights=rights(deps, shop, order, known, language),
        passports=passport.links(deps, order, known) if order.hold is None else (),
        texts=enclosed.enclosed(deps, shop, basket, language) if basket and order.hold is None else (),
        ask_url=order_links.ask_url(deps, order, language),
        expires=order_links.expiry(shop, order),
    )


def language_of(shop: Shop, order: Order) -> str:
    """The order's own language, or else the shop's first."""
    basket = state(order.events).basket
    return shop.spoken(basket.buyer.language.lower()[:2] if basket else "")


def choice(deps: Deps, order: Order, key: str) -> ChoiceView | None:
    """The choice for the line with this key, open or made; None if there is none."""
    shop, known = deps.policy.shop(order.shop), state(order.events)
    line = next((each.line.id for each in known.lines if order_links.line_key(each.line.id) == key), None)
    return choice_view.of(deps, shop, order, known, line) if line is not None else None


def address(order: Order) -> PostalAddress:
    """The delivery address to begin with: as it was asked for last, or as the order has it."""
    if order.address_request:
        return order.address_request.delivery_to
    basket = state(order.events).basket
    return (basket.delivery_to if basket else None) or PostalAddress()
