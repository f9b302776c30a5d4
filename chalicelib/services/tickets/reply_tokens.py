"""The signed tokens in the addresses that replies go to: what leads a mail back to its ticket."""

from collections.abc import Iterator, Mapping

from chalicelib.mail.inbound import InboundMail
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.derived import Role, Token
from chalicelib.rules.tickets.outbox import Audience
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

# For whom the token is made that a mail to these carries.
ROLES: Mapping[Audience, Role] = {
    Audience.CUSTOMER: Role.CUSTOMER,
    Audience.AGENTS: Role.AGENT,
    Audience.THIRD_PARTY: Role.THIRD_PARTY,
}


def reply_token(deps: Deps, ticket: Ticket, role: Role, referral: int = 0) -> str:
    """What leads a reply back to the ticket, for whom it is made and as long as the ticket is theirs."""
    life = derived.life_of(ticket.opened_at)
    return derived.token(deps.secret, Token(ticket.ref, role, referral, ticket.link_version, life))


def is_of(token: Token, ticket: Ticket) -> bool:
    """Whether it was made for this ticket, and not for one that was erased and had its reference before."""
    return token.life == derived.life_of(ticket.opened_at)


def tokens_in(deps: Deps, mail: InboundMail, recipients: tuple[str, ...]) -> Iterator[Token]:
    """The tokens with a good signature that a mail carries anywhere."""
    named = (*recipients, *(address.address for address in (*mail.to, *mail.cc)), *mail.recipients)
    return tokens(deps, (*named, *mail.in_reply_to, *mail.references))


def tokens(deps: Deps, texts: tuple[str, ...]) -> Iterator[Token]:
    """Tokens with a good signature."""
    found = (derived.read_token(deps.secret, text) for text in dict.fromkeys(texts))
    return (token for token in found if token)
