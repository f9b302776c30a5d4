"""The signed tokens in reply addresses: they lead a mail back to its ticket."""

from collections.abc import Iterator, Mapping

from chalicelib.mail.inbound import InboundMail
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import Role, Token
from chalicelib.rules.tickets.outbox import Audience
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

# The role of the token in a mail to each audience.
ROLES: Mapping[Audience, Role] = {
    Audience.CUSTOMER: Role.CUSTOMER,
    Audience.AGENTS: Role.AGENT,
    Audience.THIRD_PARTY: Role.THIRD_PARTY,
}


def reply_token(deps: Deps, ticket: Ticket, role: Role, referral: int = 0) -> str:
    """The token that leads a reply back to the ticket. It contains the role it was made for, and the ticket's link
    version and life, by which an outdated token is recognised."""
    life = derived.life_of(ticket.opened_at)
    return derived.token(deps.secret, Token(ticket.ref, role, referral, ticket.link_version, life))


def is_of(token: Token, ticket: Ticket) -> bool:
    """Whether the token was made for this ticket, and not for an erased ticket that had the same reference before."""
    return token.life == derived.life_of(ticket.opened_at)


def tokens_in(deps: Deps, mail: InboundMail, recipients: tuple[str, ...]) -> Iterator[Token]:
    """The tokens with a valid signature anywhere in a mail."""
    named = (*recipients, *(address.address for address in (*mail.to, *mail.cc)), *mail.recipients)
    return tokens(deps, (*named, *mail.in_reply_to, *mail.references))


def tokens(deps: Deps, texts: tuple[str, ...]) -> Iterator[Token]:
    """The tokens with a valid signature in these texts."""
    found = (derived.read_token(deps.secret, text) for text in dict.fromkeys(texts))
    return (token for token in found if token)
