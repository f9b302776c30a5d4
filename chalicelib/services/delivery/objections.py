"""Objections to adverts: the link that each advert carries, and who has objected.

An objection is stored under the blinded mailbox, so it outlives the tickets and an erasure without naming anybody. All
spellings of a mailbox count as one: whoever objects as mira+lamp@ does not want adverts as mira@ either.
"""

from datetime import datetime

from chalicelib.errors import InvalidLink
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.keys import Use
from chalicelib.rules.identity.mailboxes import mailbox
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import signing

_KIND, _PURPOSE = "objection", "objection"


def url(deps: Deps, shop: Shop, address: str, language: str) -> str:
    """The link by which the address's owner ends the shop's adverts. It names neither the address nor a ticket, opens
    nothing else, and has no end: one may object at any time. `language`: of the page behind it."""
    token = signing.written(deps, _PURPOSE, [shop.id, _keys(deps, shop.id, address)[0]], Use.OBJECTIONS)
    return f"{deps.public_url}/u/{token}?lang={language}"


def opened(deps: Deps, token: str) -> Shop:
    """The shop whose adverts the link ends. Raises InvalidLink, UnknownShop."""
    shop, _ = _read(deps, token)
    return shop


def end_adverts(deps: Deps, token: str) -> Shop:
    """Record the objection; repeating it changes nothing. Raises InvalidLink, UnknownShop."""
    shop, key = _read(deps, token)
    deps.objections.note_objection(shop.id, key, deps.now())
    return shop


def note(deps: Deps, shop: Shop, address: str) -> None:
    """Record the objection of an address's owner who told an agent of it; repeating it changes nothing."""
    deps.objections.note_objection(shop.id, _keys(deps, shop.id, address)[0], deps.now())


def lift(deps: Deps, shop: Shop, address: str, ref: str) -> None:
    """Take the objection back, under whatever version of the secret it is stored. `ref`: the ticket in which the
    address's owner asked for it."""
    for key in _keys(deps, shop.id, address):
        deps.objections.lift_objection(shop.id, key, deps.now(), ref)


def objected_at(deps: Deps, shop: str, address: str) -> datetime | None:
    """When the owner of this address objected to the shop's adverts; None if they have not. Their objection may be
    stored under any version of the secret."""
    found = (deps.objections.objected_at(shop, key) for key in _keys(deps, shop, address))
    return next((at for at in found if at), None)


def _keys(deps: Deps, shop: str, address: str) -> tuple[str, ...]:
    """The blinded mailbox, by each version of the secret, the present one first."""
    return derived.blinds(deps.secret, f"{_KIND}/{shop}", mailbox(address))


def _read(deps: Deps, token: str) -> tuple[Shop, str]:
    said = signing.read(deps, _PURPOSE, token, Use.OBJECTIONS)
    if not isinstance(said, list) or len(said) != 2:
        raise InvalidLink(expired=False)
    shop, key = said
    return deps.policy.shop(shop), key
