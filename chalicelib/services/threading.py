"""Which ticket a mail belongs to: by what only its parties can know, in order of how sure that is.

1. a signed token in the address it was sent to, or in the ids it refers to;
2. the mail service's id of a mail of ours, or the customer's own first mail, in the ids it refers to;
3. the reference in the subject, from an address that already belongs to that ticket.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from chalicelib.mail.inbound import InboundMail
from chalicelib.rules import identity
from chalicelib.rules.identity import Role, Token
from chalicelib.rules.outbox import Audience
from chalicelib.rules.policy import Shop
from chalicelib.rules.referring import referral_from
from chalicelib.rules.tickets import Ticket
from chalicelib.services.following import in_force
from chalicelib.services.opening import find
from chalicelib.services.ports import Deps

# For whom the token is made that a mail to these carries.
ROLES: Mapping[Audience, Role] = {
    Audience.CUSTOMER: Role.CUSTOMER,
    Audience.AGENTS: Role.AGENT,
    Audience.THIRD_PARTY: Role.THIRD_PARTY,
}
_MOST_IDS = 20


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket a mail belongs to, and the role its token was made for (None without a token); for a third party also
    the number of its referral. `vouched`: its sender's domain vouches for it."""

    ticket: Ticket
    role: Role | None
    referral: int = 0
    vouched: bool = False


def thread_of(deps: Deps, shop: Shop, mail: InboundMail, recipients: tuple[str, ...]) -> Thread | None:
    """The thread this mail continues. A mail that refers to nothing costs no read."""
    # Of a long conversation the ids in between are left out, never the one it began with.
    ids = tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))))
    ids = ids if len(ids) <= _MOST_IDS else (*ids[: _MOST_IDS - 1], ids[-1])
    for token in _tokens(deps, mail, recipients, ids):
        ticket = deps.store.ticket(token.ref)
        if ticket and ticket.shop == shop.id:
            return followed(deps, Thread(ticket, token.role, token.referral))
    ticket = _by_ids(deps, shop, ids) or _by_subject(deps, shop, mail)
    return followed(deps, _from_whom_we_asked(deps, ticket, mail, ids) or Thread(ticket, None)) if ticket else None


def tokens_in(deps: Deps, mail: InboundMail) -> Iterator[Token]:
    """The tokens with a good signature that a mail carries anywhere."""
    return _tokens(deps, mail, (), (*mail.in_reply_to, *mail.references))


def named_in_subject(deps: Deps, shop: Shop, mail: InboundMail) -> Ticket | None:
    """The ticket whose reference stands in the subject, whoever wrote it there."""
    for ref in identity.references_in(mail.subject)[:2]:
        ticket = deps.store.ticket(ref)
        if ticket and ticket.shop == shop.id:
            return ticket
    return None


def _tokens(deps: Deps, mail: InboundMail, recipients: tuple[str, ...], ids: tuple[str, ...]) -> Iterator[Token]:
    """Tokens with a good signature: the envelope's first, as it alone says where the mail was really sent."""
    named = (*recipients, *(address.address for address in (*mail.to, *mail.cc)), *mail.recipients)
    found = (identity.read_token(deps.secret, text) for text in dict.fromkeys((*named, *ids)))
    return (token for token in found if token)


def followed(deps: Deps, thread: Thread) -> Thread:
    """The thread where it goes on: a ticket that was merged into another, and the number its referral has there."""
    ticket, was = in_force(deps, thread.ticket), f"{thread.ticket.ref}/{thread.referral}"
    if ticket.ref == thread.ticket.ref or not thread.referral:
        return replace(thread, ticket=ticket)
    return replace(thread, ticket=ticket, referral=next((r.number for r in ticket.referrals if was in r.origins), 0))


def _by_ids(deps: Deps, shop: Shop, ids: tuple[str, ...]) -> Ticket | None:
    if not ids:
        return None
    ref = deps.store.ref_of_sent(_our_ids(ids))
    if ref:
        ticket = deps.store.ticket(ref)
        return ticket if ticket and ticket.shop == shop.id else None
    # The first id referred to is the mail that opened the conversation; the last is the one answered.
    for id in dict.fromkeys((ids[-1], ids[0])):
        ticket = find(deps, shop, mail_source(shop, id))
        if ticket:
            return ticket
    return None


def _from_whom_we_asked(deps: Deps, ticket: Ticket, mail: InboundMail, ids: tuple[str, ...]) -> Thread | None:
    """As by its token, where the mail refers to one that we sent a third party: its id is known to nobody else."""
    sender = mail.sender.address if mail.sender else ""
    if not ticket.referrals or sender.lower() == ticket.requester.address.lower():
        return None
    for id in _our_ids(ids):
        due = deps.store.item_of_sent(id)
        asked = deps.store.message(due.ref, due.message) if due and due.message and due.ref == ticket.ref else None
        mails = asked.outbox.deliveries if asked and asked.outbox else ()
        if asked and any(m.ses_id == id and m.purpose.audience is Audience.THIRD_PARTY for m in mails):
            return Thread(ticket, Role.THIRD_PARTY, int(asked.about))
    return None


def _our_ids(ids: tuple[str, ...]) -> list[str]:
    """What could be SES's ids: they are <id@region.amazonses.com>, and the API gives the part before the @."""
    return [id.partition("@")[0] for id in ids if id.isascii()]


def _by_subject(deps: Deps, shop: Shop, mail: InboundMail) -> Ticket | None:
    """By the reference alone only from who takes part: the customer, and whom we asked."""
    ticket, sender = named_in_subject(deps, shop, mail), mail.sender
    if ticket is None or sender is None:
        return None
    return ticket if ticket.knows(sender.address) or referral_from(ticket, sender.address) else None


def mail_source(shop: Shop, message_id: str) -> str:
    """What identifies a mail: the mailbox it came to and its Message-ID."""
    return identity.source_of("mail", shop.id, message_id)
