"""Making tickets findable by their words: each new ticket, message and correction puts its words into the index.

The words are blinded, each shop's by itself: who reads the table learns neither the words nor that two shops share one.
"""

from collections.abc import Iterable

from chalicelib.rules import identity
from chalicelib.rules.tickets import Message, Ticket
from chalicelib.rules.wording import number_words, own_words, words
from chalicelib.services.ports import Deps, Mention

Said = Ticket | Message | str
"""A new ticket, a new message, or the reference of a ticket whose order number may have been corrected."""


def index(deps: Deps, said: Said) -> None:
    """Put the ticket into the lists of the words that were said; again, it changes nothing."""
    if isinstance(said, Ticket):
        _note(deps, said, own_words(said))
        return
    if isinstance(said, Message) and not words(said.text):
        return
    ticket = deps.store.ticket(said.ref if isinstance(said, Message) else said)
    if ticket is not None:
        _note(deps, ticket, words(said.text) if isinstance(said, Message) else number_words(ticket.order_number or ""))


def blinded(deps: Deps, shop: str, said: Iterable[str]) -> list[str]:
    """Words as they stand in a shop's index."""
    return [identity.blind(deps.secret, f"word/{shop}", word) for word in said]


def _note(deps: Deps, ticket: Ticket, said: Iterable[str]) -> None:
    deps.store.note_words(ticket.shop, blinded(deps, ticket.shop, said), Mention(ticket.opened_at, ticket.ref))
