"""Whether a second agent reads what is written to a customer before it leaves, and the heat of what they wrote
(decisions 269 and 270)."""

from collections.abc import Sequence
from functools import cache

from chalicelib.errors import InvalidFields
from chalicelib.rendering import heated
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.answers import second_reader
from chalicelib.rules.procedure.answers.heat import LISTED, Heat, Vocabulary, heat, unanswered
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps


def asked_for(deps: Deps, shop: Shop, ticket: Ticket) -> bool:
    """Whether the policy asks for a second reader of what is written to the ticket's customer now. The conversation is
    read only where heat decides it."""
    if second_reader.asked_for(ticket, shop):
        return True
    return shop.desk.second_reader.heat and heat_of(ticket, deps.tickets.conversation(ticket.ref)[1]).hot


def refuse_own_words(deps: Deps, shop: Shop, ticket: Ticket) -> None:
    """Raises InvalidFields if a second agent has to read an agent's own words, and what they would go out with is no
    answer that can wait."""
    if asked_for(deps, shop, ticket):
        raise InvalidFields({"action": "second_reader"})


def heat_of(ticket: Ticket, messages: Sequence[Message]) -> Heat:
    """The heat of what the customer wrote since the shop's last answer."""
    return heat([message.text for message in unanswered(ticket.opening, messages)], _vocabulary())


@cache
def _vocabulary() -> Vocabulary:
    return {
        sign: tuple(word for language in heated.languages() for word in heated.lists(language)[sign]) for sign in LISTED
    }
