"""Asking to be told when a product is back: by a form, and confirmed by a link in a mail (decision 249).

The answer to the form is the same for everybody, and so is what is done: nobody learns who waits for what.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.errors import InvalidFields, InvalidLink, NotFound, NotSent
from chalicelib.mail.composing import compose, deliverable
from chalicelib.rendering import pages
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.mailboxes import mailbox
from chalicelib.rules.intake.submission import address as cleaned
from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.products.product import Product
from chalicelib.rules.tickets.ticket import Person
from chalicelib.rules.timing.periods import due
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.waiting import Waiting
from chalicelib.services.products import facts
from chalicelib.services.tickets import limiting, signing
from chalicelib.services.tickets.service_letters import service_letter
from chalicelib.telemetry import logger

LINK_LIFE = timedelta(days=2)
"""How long an address that nobody confirmed is kept, and how long its link works."""
_PURPOSE = "waiting"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to. `waiting` None: they are forgotten, because they were told, asked for it, or it is over."""

    shop: Shop
    product: Product
    language: str
    waiting: Waiting | None


def offered(deps: Deps, shop: Shop, sku: str) -> Product:
    """The product for which one may wait. Raises NotFound."""
    product = facts.product(deps, shop.id, sku)
    if product is None or shop.back_in_stock is None:
        raise NotFound("there is nothing to wait for")
    return product


def ask(deps: Deps, shop: Shop, sku: str, address: str, language: str, caller: str) -> None:
    """Mail the link by which it is confirmed. `caller`: the internet address that asks. Raises NotFound, InvalidFields,
    RateLimited."""
    product, address = offered(deps, shop, sku), cleaned(address)
    if not is_address(address):
        raise InvalidFields({"email": "not_an_address" if address else "missing"})
    may_mail = limiting.waiting(deps, shop, product.sku, address, caller)
    now, key = deps.now(), _key(deps, shop, address)
    waiting = Waiting(shop.id, product.sku, key, address, language, now, now + LINK_LIFE)
    deps.waiting.ask(waiting)
    if may_mail:
        mail(deps, shop, product, waiting, "back_in_stock_confirm")


def opened(deps: Deps, token: str) -> Opened:
    """What the link leads to. Raises InvalidLink."""
    shop_id, sku, key, language = signing.read(deps, _PURPOSE, token)
    shop = deps.policy.shops.get(shop_id)
    product = facts.product(deps, shop_id, sku)
    if shop is None or product is None:
        raise InvalidLink(expired=True)
    found = deps.waiting.waits(shop_id, sku, key)
    return Opened(shop, product, language, found if found and found.until > deps.now() else None)


def confirm(deps: Deps, token: str) -> None:
    """The owner of the mailbox confirms it; the same again changes nothing. Raises InvalidLink if it is over."""
    found = opened(deps, token)
    if found.waiting is None or found.shop.back_in_stock is None:
        raise InvalidLink(expired=True)
    if found.waiting.confirmed_at:
        return
    now = deps.now()
    until = due(now, found.shop.back_in_stock, found.shop.hours, deps.holidays(found.shop))
    if not deps.waiting.confirm(replace(found.waiting, confirmed_at=now, until=until)):
        raise InvalidLink(expired=True)


def forget(deps: Deps, token: str) -> None:
    """They no longer wait; the same again changes nothing. Raises InvalidLink."""
    if found := opened(deps, token).waiting:
        deps.waiting.forget(found, deps.now())


def forget_person(deps: Deps, shop: Shop, address: str) -> int:
    """Forget everything that a person waits for; of how many products."""
    found = deps.waiting.waiting_of(shop.id, address)
    for waiting in found:
        deps.waiting.forget(waiting, deps.now())
    return len(found)


def url(deps: Deps, waiting: Waiting) -> str:
    token = signing.written(deps, _PURPOSE, [waiting.shop, waiting.sku, waiting.key, waiting.language])
    return f"{deps.public_url}/w/{token}"


def mail(deps: Deps, shop: Shop, product: Product, waiting: Waiting, template: str) -> None:
    """Send one of the two mails. Raises NotSent, except for the first: an error would say that something differed."""
    language = pages.spoken(waiting.language, shop.languages[0])
    context = {
        "shop": shop,
        "name": "",
        "product": product,
        "url": url(deps, waiting),
        "asked_at": waiting.asked_at,
        "until": waiting.until,
    }
    rendered = pages.mail(template, language, **context)
    serial = derived.source_of(template, waiting.shop, waiting.sku, waiting.key, waiting.asked_at.isoformat())[:12]
    person = Person("", waiting.address)
    # An answer opens a ticket like any other mail to the shop.
    letter = replace(service_letter(shop, person, rendered, "waiting", serial, deps.now()), threaded=False)
    raw = compose(letter)
    try:
        deps.mailer.send(shop.support, deliverable(waiting.address), raw, {"purpose": template})
    except NotSent as error:
        if template != "back_in_stock_confirm":
            raise
        logger.error("a link to confirm could not be sent", extra={"shop": shop.id, "reason": str(error)[:80]})


def _key(deps: Deps, shop: Shop, address: str) -> str:
    """The blinded mailbox, by the oldest version of the secret, so that it is the same for ever."""
    return derived.name(deps.secret, f"waiting/{shop.id}", mailbox(address))
