"""Articles of the help that an agent may put into an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Author, Message
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.help import finding, reading
from chalicelib.services.ports.deps import Deps

_MOST = 3


@dataclass(frozen=True, slots=True)
class Fitting:
    """An article in the customer's language: its address, and its words without its title."""

    title: str
    url: str
    text: str


def fitting(deps: Deps, shop: Shop, ticket: Ticket, messages: Sequence[Message]) -> tuple[Fitting, ...]:
    """The articles that may answer what the customer wrote last, the best first. Agents see them for every kind of
    ticket: they decide whether one helps."""
    written = [message.text for message in messages if message.author is Author.CUSTOMER]
    asked = written[-1] if written else ticket.opening.text
    language = shop.spoken(ticket.language)
    return tuple(
        Fitting(
            article.title,
            reading.url(deps, shop, article.slug, language),
            deps.help.text(shop.id, language, article.slug).partition("\n\n")[2].strip(),
        )
        for article in finding.about(deps, shop, language, ticket.subject, asked, _MOST)
    )
