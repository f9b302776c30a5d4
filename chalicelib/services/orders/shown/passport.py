"""The guarantee passport of a purchased product: until when the law and the guarantee cover it, its serial number and
manual, and a claim that only needs to be sent (decision 248)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from chalicelib.errors import InvalidLink
from chalicelib.rules.orders.basket import Line
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import LineState, OrderState, ParcelState
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import WARRANTY
from chalicelib.rules.procedure.remedies import warranty
from chalicelib.rules.procedure.remedies.warranty import Cover
from chalicelib.rules.products.product import Product
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.orders import order_links
from chalicelib.services.orders.shown.basket_view import said
from chalicelib.services.orders.shown.rights import country
from chalicelib.services.ports.deps import Deps
from chalicelib.services.products import facts

_MOST_TICKETS = 50


@dataclass(frozen=True, slots=True)
class PassportLink:
    """A product with the address of its passport."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Passport:
    """`bought` and `delivered`: days in the shop's time zone; None while they are not known. `cover` counts from the
    delivery, with a repair already added (`repaired`); None until then. `product`: from the catalogue."""

    shop: Shop
    order: Order
    line: LineState
    bought: date | None
    delivered: date | None
    repaired: date | None
    cover: Cover | None
    country: str | None
    serial: str
    product: Product | None
    claimable: bool

    @property
    def called(self) -> str:
        """The product as a claim names it."""
        return _called(self.line.line)


def links(deps: Deps, order: Order, known: OrderState, lines: Collection[str] = ()) -> tuple[PassportLink, ...]:
    """A passport for each product that is or will be the customer's: not for downloads, cancelled or returned ones.
    `lines`: only these; () for all."""
    return tuple(
        PassportLink(said(each.line.name), order_links.passport_url(deps, order, each.line.id))
        for each in known.lines
        if (not lines or each.line.id in lines) and _has_one(order, known, each)
    )


def view(deps: Deps, token: str) -> Passport:
    """The passport behind a link. Raises InvalidLink."""
    order, known, found = _opened(deps, token)
    shop, basket = deps.policy.shop(order.shop), known.basket
    delivered = _delivered(shop, known, found)
    serial = next((each.number for each in order.serials if each.line == found.line.id), "")
    repaired = _repaired(_claims(deps, order, known), found, order, known)
    lives_in, today = country(known), local_date(deps.now(), shop.hours)
    return Passport(
        shop=shop,
        order=order,
        line=found,
        bought=local_date(basket.placed_at, shop.hours) if basket else None,
        delivered=delivered,
        repaired=repaired,
        cover=warranty.cover(shop, Claim(delivered=delivered, repaired=repaired), lives_in, today),
        country=lives_in,
        serial=serial,
        product=facts.product(deps, shop.id, found.line.sku),
        claimable=shop.offers(WARRANTY) and bool(basket and basket.buyer.address),
    )


def product(deps: Deps, token: str) -> tuple[Order, str]:
    """The order behind a link and the id of its line, without reading anything else. Raises InvalidLink."""
    order, _, found = _opened(deps, token)
    return order, found.line.id


def _opened(deps: Deps, token: str) -> tuple[Order, OrderState, LineState]:
    order, key = order_links.open_passport(deps, token)
    known = state(order.events)
    found = next((each for each in known.lines if order_links.line_key(each.line.id) == key), None)
    if found is None or not _has_one(order, known, found):
        raise InvalidLink(expired=True)
    return order, known, found


def _has_one(order: Order, known: OrderState, line: LineState) -> bool:
    if line.line.digital or order.hold is not None or line.returned >= line.line.quantity:
        return False
    return known.cancelled_at is None or line.sent > 0


def _delivered(shop: Shop, known: OrderState, line: LineState) -> date | None:
    """The day on which the last piece of the line came; what the order says as a whole if no parcel names the line."""
    moments = [parcel.delivered_at for parcel in _with(known.parcels, line)]
    if moments and line.delivered >= line.line.quantity and all(moments):
        return local_date(max(moment for moment in moments if moment), shop.hours)
    return local_date(known.delivered_at, shop.hours) if known.delivered_at else None


def _with(parcels: Iterable[ParcelState], line: LineState) -> list[ParcelState]:
    return [parcel for parcel in parcels if any(id == line.line.id for id, _ in parcel.lines)]


def _claims(deps: Deps, order: Order, known: OrderState) -> list[Ticket]:
    """The buyer's tickets about this order."""
    address = known.basket.buyer.address if known.basket else ""
    if not address:
        return []
    others = deps.tickets.tickets_of(order.shop, address, _MOST_TICKETS)
    found = deps.tickets.find_tickets([other.ref for other in others])
    return [ticket for ticket in found if ticket.order_number == order.number]


def _repaired(tickets: Iterable[Ticket], line: LineState, order: Order, known: OrderState) -> date | None:
    """When the product was repaired as the law's remedy: by a ticket that names it, or an order of nothing else."""
    claims = [ticket.claim for ticket in tickets if ticket.claim]
    return min(
        (claim.repaired for claim in claims if claim.repaired and _is_about(claim, line, order, known)), default=None
    )


def _is_about(claim: Claim, line: LineState, order: Order, known: OrderState) -> bool:
    """Whether the claim names this product, and no other of the order."""
    meant = _meant(claim, order, known)
    return line in meant and len({each.line.sku for each in meant}) == 1


def _meant(claim: Claim, order: Order, known: OrderState) -> list[LineState]:
    """The lines of the order that a claim is about: by the serial number, else by the SKU, else by the whole name. A
    part of one is part of others too ("LAMP-1" of "LAMP-12")."""
    if len(known.lines) == 1:
        return list(known.lines)
    numbers = {serial.line: _plain(serial.number) for serial in order.serials}
    said = {_plain(claim.serial), _plain(claim.product)} - {""}
    skus = {_plain(claim.product), _plain(facts.in_brackets(claim.product))} - {""}
    ways = (
        [each for each in known.lines if numbers.get(each.line.id) in said],
        [each for each in known.lines if _plain(each.line.sku) in skus],
        [each for each in known.lines if _plain(claim.product) in (_plain(_called(each.line)), _plain(each.line.name))],
    )
    return next((found for found in ways if found), [])


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _called(line: Line) -> str:
    """A product's name, with the SKU by which the shop knows it."""
    return f"{line.name} ({line.sku})"[:200] if line.sku and line.sku != line.name else line.name[:200]
