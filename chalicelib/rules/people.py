"""Who takes part in a ticket, by address: its customer, who wrote in it, who was written to, whom it was referred to.

Agents are not among them. The index of words holds these addresses too, each as a word that no text has, so that a
person is found wherever they took part.
"""

from collections.abc import Iterable

from chalicelib.rules.messages import Author, Message
from chalicelib.rules.outbox import Audience, Outbox
from chalicelib.rules.tickets import Ticket


def of_ticket(ticket: Ticket) -> tuple[str, ...]:
    """Those the ticket itself names."""
    named = (ticket.requester.address, ticket.opening.person.address, *ticket.participants)
    return _each((*named, *(referral.address for referral in ticket.referrals), *_written_to(ticket.outbox)))


def of_message(message: Message) -> tuple[str, ...]:
    """Who wrote it, and to whom it gave rise to mail."""
    wrote = () if message.author in (Author.AGENT, Author.SYSTEM) else (message.person.address,)
    return _each((*wrote, *_written_to(message.outbox)))


def as_word(address: str) -> str:
    """How an address stands in the index of words, where it is blinded like them."""
    return f"@{address.lower()}"


def _written_to(outbox: Outbox | None) -> Iterable[str]:
    return (mail.to for mail in outbox.deliveries if mail.purpose.audience is not Audience.AGENTS) if outbox else ()


def _each(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address.lower() for address in addresses if address))
