"""Builds the letter of each mail that an order owes."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.mail.composing import Letter
from chalicelib.rendering import pages
from chalicelib.rules.identity import derived
from chalicelib.rules.orders.duties.owing import letter_of
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import LetterRef, Order
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.outbox import Audience, Delivery, Nature
from chalicelib.rules.tickets.ticket import Person
from chalicelib.services.delivery import objections, standing_in
from chalicelib.services.orders import letter_parts, order_links
from chalicelib.services.orders.letter_parts import Told
from chalicelib.services.orders.shown.basket_view import said
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links
from chalicelib.services.tickets.service_letters import service_letter


def letter(deps: Deps, order: Order, delivery: Delivery, now: datetime) -> Letter:
    """The letter for a delivery of the order's outbox."""
    shop, known = deps.policy.shop(order.shop), state(order.events)
    told = Told(deps, shop, order, known, about(order, delivery, now), _language(shop, order, delivery))
    parts = letter_parts.values(told)
    unsubscribe = ""
    if delivery.purpose.nature is Nature.ADVERT:
        unsubscribe = objections.url(deps, shop, delivery.to, told.language)
        parts |= {"objection_url": unsubscribe, "basis": shop.adverts.basis}
    rendered = pages.mail(delivery.purpose, told.language, **parts, stands_for=standing_in.names(shop, delivery))
    files = tuple(text.file for text in parts.get("texts", ()) if text.file)
    to = Person(_name(shop, delivery, parts), delivery.to)
    return replace(
        service_letter(shop, to, rendered, *_names(order, told.ref), now),
        attachments=files,
        unsubscribe=unsubscribe,
        # An answer opens a ticket like any other mail to the shop.
        threaded=False,
    )


def short_form(deps: Deps, order: Order, delivery: Delivery, now: datetime) -> Letter:
    """The letter without anything that the shop's system or a person wrote, for use when the full letter ended its
    senders: it says that there is a message, and where."""
    shop, for_customer = deps.policy.shop(order.shop), delivery.purpose.audience is Audience.CUSTOMER
    url = order_links.order_url(deps, order) if for_customer else links.desk_order_url(deps, order.ref)
    context = {"shop": shop, "reference": said(order.number), "audience": delivery.purpose.audience.value, "url": url}
    rendered = pages.mail("short_form", _language(shop, order, delivery), **context)
    names = _names(order, about(order, delivery, now))
    return replace(service_letter(shop, Person("", delivery.to), rendered, *names, now), threaded=False)


def about(order: Order, delivery: Delivery, now: datetime) -> LetterRef:
    """What the delivery's letter says: the latest letter of its purpose about the same."""
    return letter_of(order, delivery) or LetterRef(delivery.purpose, delivery.about, now)


def _language(shop: Shop, order: Order, delivery: Delivery) -> str:
    basket = state(order.events).basket
    wanted = basket.buyer.language.lower()[:2] if basket else ""
    known = wanted if wanted in shop.languages and delivery.purpose.audience is Audience.CUSTOMER else shop.languages[0]
    return pages.spoken(known, shop.languages[0])


def _name(shop: Shop, delivery: Delivery, parts: dict[str, Any]) -> str:
    if delivery.purpose.audience is Audience.CUSTOMER:
        return pages.greetable(parts["name"])
    agent = shop.agent(delivery.to)
    return agent.name if agent else ""


def _names(order: Order, ref: LetterRef) -> tuple[str, str]:
    """The names of the order's thread and of this mail in it: all letters about an order are one conversation in the
    customer's mail program."""
    serial = derived.source_of(ref.purpose, ref.about, ref.owed_at.isoformat(), order.ref)[:12]
    return order.ref.replace("-", "").lower(), serial
