"""The mail that asks whether an address is a messenger's user's. Somebody may have given a stranger's, so it is made
from a context of its own: no word of theirs, no name, no reference, and an answer to it opens a ticket like any other
mail (decision 306)."""

from dataclasses import replace
from datetime import datetime

from chalicelib.mail.composing import Letter
from chalicelib.rendering import pages, words
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.handles import of_address
from chalicelib.rules.privacy.own_address import LIFE
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.outbox import Delivery
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.messages import own_address
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.service_letters import service_letter


def asking(deps: Deps, ticket: Ticket, message: Message, delivery: Delivery, now: datetime) -> Letter:
    shop = deps.policy.shop(ticket.shop)
    language, who = pages.spoken(ticket.language, shop.languages[0]), of_address(ticket.requester.address)
    context = {
        "shop": shop,
        "name": "",
        "by": words.phrase(language, f"messages.by.{who.provider}") if who else "",
        "confirm_url": own_address.url(deps, ticket, message),
        "confirm_by": message.at + LIFE,
    }
    rendered = pages.mail(delivery.purpose, language, **context)
    serial = derived.source_of(delivery.purpose, delivery.to, message.id)[:12]
    return replace(service_letter(shop, Person("", delivery.to), rendered, "address", serial, now), threaded=False)
