"""Signed links to an order's page. They are only in mails to its customer, so a person who has one can read those mails
(decision 220)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from chalicelib.errors import InvalidLink
from chalicelib.rules.identity import derived
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import WARRANTY
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import signing

_PURPOSE, _FILLING, _PASSPORT = "order", "order/filling", "order/passport"


def order_url(deps: Deps, order: Order) -> str:
    """The link to the order's page."""
    return f"{deps.public_url}/o/{_token(deps, order, _PURPOSE)}"


def choice_url(deps: Deps, order: Order, line: str) -> str:
    """The page on which the customer chooses what happens to a line that is out of stock."""
    return f"{order_url(deps, order)}/choice/{line_key(line)}"


def line_key(line: str) -> str:
    """A line in the path of a page: sources' own ids may have slashes and anything else."""
    return derived.source_of("line", line)[:12]


def address_url(deps: Deps, order: Order) -> str:
    """The page on which the customer corrects an address."""
    return f"{order_url(deps, order)}/address"


def withdrawal_url(deps: Deps, order: Order, language: str) -> str:
    """The withdrawal function with the order's name, number and address filled in."""
    return _filled(deps, order, "withdraw", {"lang": language}, "t")


def ask_url(deps: Deps, order: Order, language: str, kind: str = "question") -> str:
    """The shop's form with the order's name, number and address filled in."""
    return _filled(deps, order, "contact", {"lang": language, "kind": kind}, "o")


def claim_url(deps: Deps, order: Order, language: str, line: str) -> str:
    """The form for a warranty claim about a line of the order, with the product and the day of purchase filled in
    too."""
    return _filled(deps, order, "contact", {"lang": language, "kind": WARRANTY, "line": line_key(line)}, "o")


def filled_in(deps: Deps, shop: Shop, token: str, line: str = "") -> Mapping[str, str]:
    """What a link of an order fills into a form: name, address, order number and day of purchase, and the product if
    the link names a line (by its key) or the order has only one. Raises InvalidLink, also if the order is another
    shop's."""
    order = _opened(deps, token, _FILLING)
    if order.shop != shop.id:
        raise InvalidLink(expired=False)
    basket = state(order.events).basket
    if basket is None:
        return {"order_number": order.number}
    lines = [each for each in basket.lines if each.quantity > 0]
    named = [each for each in lines if line_key(each.id) == line] if line else lines
    return {
        "name": basket.buyer.name,
        "email": basket.buyer.address,
        "order_number": order.number,
        "purchase_date": local_date(basket.placed_at, shop.hours).isoformat(),
        "product": named[0].name if len(named) == 1 else "",
    }


def passport_url(deps: Deps, order: Order, line: str) -> str:
    """The guarantee passport of a line's product."""
    return f"{deps.public_url}/g/{_token(deps, order, _PASSPORT, line_key(line))}"


def open_passport(deps: Deps, token: str) -> tuple[Order, str]:
    """The order and the key of the line to whose passport a link leads. It works as long as the order is kept, because
    a guarantee lasts for years (decision 248). Raises InvalidLink if it is forged, withdrawn, or the order gone."""
    order, (key,) = _read(deps, token, _PASSPORT)
    return order, key


def expiry(shop: Shop, order: Order) -> datetime:
    """When links to the order expire: `link_days` after what happened last or was said last, whenever the links were
    made."""
    moments = [
        order.known_at,
        *(event.occurred_at for event in order.events),
        *(each.owed_at for each in order.letters),
    ]
    return max(moments) + timedelta(days=shop.link_days)


def open_order(deps: Deps, token: str) -> Order:
    """The order to whose page a link leads. Raises InvalidLink if it is forged, expired or withdrawn."""
    return _opened(deps, token, _PURPOSE)


def _filled(deps: Deps, order: Order, page: str, more: Mapping[str, str], name: str) -> str:
    query = urlencode({**more, name: _token(deps, order, _FILLING)})
    return f"{deps.public_url}/shops/{order.shop}/{page}?{query}"


def _token(deps: Deps, order: Order, purpose: str, *more: str) -> str:
    return signing.written(deps, purpose, [order.ref, order.link_version, derived.life_of(order.known_at), *more])


def _opened(deps: Deps, token: str, purpose: str) -> Order:
    order, _ = _read(deps, token, purpose)
    if deps.now() > expiry(deps.policy.shop(order.shop), order):
        raise InvalidLink(expired=True)
    return order


def _read(deps: Deps, token: str, purpose: str) -> tuple[Order, list[str]]:
    """The order of a link, and what else the link names. Raises InvalidLink."""
    ref, version, life, *more = signing.read(deps, purpose, token)
    order = deps.orders.order(ref)
    if order is None or life != derived.life_of(order.known_at) or order.link_version != version:
        raise InvalidLink(expired=True)
    return order, more
