"""Until when an answer reaches a messenger's user, as the composer says it (decision 304)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rendering import words
from chalicelib.rules.identity.handles import Provider, of_address
from chalicelib.rules.messages import templating
from chalicelib.rules.messages.window import How, window
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import TemplateValue
from chalicelib.rules.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Template:
    """`text`: as the customer reads it, but for the link and an agent's words, of which `has_words` tells."""

    key: str
    text: str
    has_words: bool
    answers: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """`until`: when nothing written freely is taken any more, in words; "" if that never ends. `templates`: what may be
    sent then all the same."""

    provider: Provider
    closed: bool
    until: str
    templates: tuple[Template, ...] = ()


def of_ticket(shop: Shop, ticket: Ticket, now: datetime, language: str) -> Reach | None:
    """How its customer is reached in a messenger; None if answers go by mail, or nowhere."""
    who = of_address(ticket.requester.address)
    if who is None or ticket.reached is None:
        return None
    found = window(who.provider, ticket.reached.last_at, now)
    until = words.moment(found.until, shop.hours.timezone, language) if found.until else ""
    return Reach(who.provider, found.how is How.CLOSED, until, tuple(_templates(shop, ticket, now, language)))


def _templates(shop: Shop, ticket: Ticket, now: datetime, language: str) -> Iterator[Template]:
    yours = words.phrase(language, "desk.ticket.reach.your_words")
    for each in templating.offered(ticket, shop, now):
        text = templating.filled(each, templating.known(ticket, shop, yours))
        yield Template(each.key, text, TemplateValue.TEXT in each.values, each.answers)
