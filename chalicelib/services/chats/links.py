"""The signed link to a chat. Whoever began the chat has it, and need not own the address they named: it leads to the
lines of this chat, to saying something in it, and to nothing else of the ticket."""

from collections.abc import Sequence

from chalicelib.errors import InvalidLink
from chalicelib.rules.chats.lines import id_of
from chalicelib.rules.identity import derived
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import links, signing

_CHAT = "chat"


def token(deps: Deps, ticket: Ticket) -> str:
    return signing.written(deps, _CHAT, [ticket.ref, ticket.link_version, derived.life_of(ticket.opened_at)])


def url(deps: Deps, ticket: Ticket) -> str:
    return f"{deps.public_url}/chat/{token(deps, ticket)}"


def opened(deps: Deps, given: str, after: int = 0) -> tuple[Ticket, Sequence[Message]]:
    """The ticket to which the link leads, with the lines of its chat after this number, by one read. Raises
    InvalidLink."""
    ref, version, life = signing.read(deps, _CHAT, given)
    ticket, lines = deps.tickets.lines_after(ref, id_of(after) if after > 1 else id_of(1))
    if ticket is None or ticket.chat is None or life != derived.life_of(ticket.opened_at):
        raise InvalidLink(expired=True)
    if ticket.link_version != version or deps.now() > links.expiry(deps.policy.shop(ticket.shop), ticket):
        raise InvalidLink(expired=True)
    return ticket, lines
