"""Finds the ticket that a mail belongs to, by things that only its participants can know, the most certain first:

1. a signed token in the address it was sent to, or in the ids it refers to;
2. the mail service's id of a mail of ours, or the customer's own first mail, in the ids it refers to;
3. the reference in the subject, from an address that already belongs to that ticket or is an agent's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from chalicelib.mail.inbound import InboundMail
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.identity.derived import Role, Token
from chalicelib.rules.identity.handles import is_handle
from chalicelib.rules.intake.mail_facts import Key
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.referring import referral_from
from chalicelib.rules.tickets.outbox import Audience
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.merged import resolve_merged
from chalicelib.services.tickets.opening import find
from chalicelib.services.tickets.reply_tokens import is_of, tokens

_KEYS: Mapping[Role, Key] = {
    Role.CUSTOMER: Key.CUSTOMER,
    Role.AGENT: Key.AGENT,
    Role.THIRD_PARTY: Key.THIRD_PARTY,
}
_MAX_IDS = 20
_MAX_OTHERS = 10


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket a mail belongs to and the key that led there; for a third party's key also the number of its
    referral."""

    ticket: Ticket
    key: Key
    referral: int = 0


def thread_of(deps: Deps, shop: Shop, mail: InboundMail, recipients: tuple[str, ...], sender: str) -> Thread | None:
    """The thread that this mail continues; `sender` is the address it is surely from. A mail that refers to nothing
    costs no read. If there are several tokens, an agent's comes first for an agent and last for anybody else."""
    # In a long conversation the ids in the middle are left out, never the first one.
    ids = tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))))
    ids = ids if len(ids) <= _MAX_IDS else (*ids[: _MAX_IDS - 1], ids[-1])
    for token in _by_fitness(deps, shop, mail, recipients, ids, sender):
        ticket = deps.tickets.ticket(token.ref)
        if ticket and ticket.shop == shop.id and is_of(token, ticket):
            return followed(deps, Thread(ticket, _key(token, ticket), token.referral))
    if ticket := _by_ids(deps, shop, ids):
        # An id does not show when it was issued. Once a ticket's links were withdrawn, its ids are accepted no
        # longer than old links.
        key = Key.ID if ticket.link_version == 1 else Key.ENDED
        if answers := _what_others_had(deps, shop, ticket, sender, ids):
            return followed(deps, answers)
        if not _is_strangers(shop, ticket, sender):
            return followed(deps, Thread(ticket, key))
    ticket = _by_subject(deps, shop, mail, sender)
    return followed(deps, Thread(ticket, Key.SUBJECT)) if ticket else None


def _by_fitness(
    deps: Deps, shop: Shop, mail: InboundMail, recipients: tuple[str, ...], ids: tuple[str, ...], sender: str
) -> Iterator[Token]:
    """Only the envelope says where the mail was really sent. So its addresses come first, then those that the mail
    names, and ids last."""
    agents_first = shop.agent(sender) is not None
    for texts in (_addresses(mail, recipients), ids):
        yield from sorted(tokens(deps, texts), key=lambda token: (token.role is Role.AGENT) is not agents_first)


def _addresses(mail: InboundMail, recipients: tuple[str, ...]) -> tuple[str, ...]:
    return (*recipients, *(address.address for address in (*mail.to, *mail.cc)), *mail.recipients)


def others_answered(
    deps: Deps, shop: Shop, mail: InboundMail, recipients: tuple[str, ...], thread: Thread
) -> tuple[str, ...]:
    """The references of further tickets to whose reply addresses for agents the mail was sent. After a merge, both
    addresses are one ticket's."""
    sent = {each.ref: each for each in tokens(deps, _addresses(mail, recipients)) if each.role is Role.AGENT}
    others = [each for each in sent.values() if each.ref != thread.ticket.ref][:_MAX_OTHERS]
    found = [(each, deps.tickets.ticket(each.ref)) for each in others]
    tickets = [ticket for each, ticket in found if ticket and ticket.shop == shop.id and is_of(each, ticket)]
    refs = dict.fromkeys(resolve_merged(deps, each).ref for each in tickets)
    return tuple(ref for ref in refs if ref != thread.ticket.ref)


def _key(token: Token, ticket: Ticket) -> Key:
    """What the token proves now. Only a customer's token ends when links are withdrawn. For agents and third parties
    the sender is checked anyway, and the links were not withdrawn because of them."""
    ended = token.role is Role.CUSTOMER and token.version != ticket.link_version
    return Key.ENDED if ended else _KEYS[token.role]


def named_in_subject(deps: Deps, shop: Shop, mail: InboundMail) -> Ticket | None:
    """The ticket with its reference in the subject, no matter who wrote it."""
    for ref in derived.references_in(mail.subject)[:2]:
        ticket = deps.tickets.ticket(ref)
        if ticket and ticket.shop == shop.id:
            return ticket
    return None


def followed(deps: Deps, thread: Thread) -> Thread:
    """The thread after merges: the ticket that this one was merged into, and the number of its referral there."""
    ticket, was = resolve_merged(deps, thread.ticket), f"{thread.ticket.ref}/{thread.referral}"
    if ticket.ref == thread.ticket.ref or not thread.referral:
        return replace(thread, ticket=ticket)
    return replace(thread, ticket=ticket, referral=next((r.number for r in ticket.referrals if was in r.origins), 0))


def _by_ids(deps: Deps, shop: Shop, ids: tuple[str, ...]) -> Ticket | None:
    if not ids:
        return None
    ref = deps.threads.ref_of_sent(_our_ids(ids))
    if ref:
        ticket = deps.tickets.ticket(ref)
        return ticket if ticket and ticket.shop == shop.id else None
    # The first reference is the mail that opened the conversation; the last is the answered one.
    for id in dict.fromkeys((ids[-1], ids[0])):
        ticket = find(deps, shop, mail_source(shop, id))
        if ticket:
            return ticket
    return None


def _what_others_had(deps: Deps, shop: Shop, ticket: Ticket, sender: str, ids: tuple[str, ...]) -> Thread | None:
    """Like a token for third parties or agents, if the mail refers to a mail of ours to them: only they know its id, or
    whoever they gave it to. Not for the customer, nor for an agent, whose token alone says that an answer is meant."""
    if same(sender, ticket.requester.address) or shop.agent(sender):
        return None
    to_agents = False
    for id in _our_ids(ids):
        due = deps.threads.item_of_sent(id)
        if not due or due.ref != ticket.ref:
            continue
        item = deps.tickets.message(due.ref, due.message) if due.message else ticket
        mails = item.outbox.deliveries if item and item.outbox else ()
        audience = next((mail.purpose.audience for mail in mails if mail.ses_id == id), None)
        if audience is Audience.THIRD_PARTY and isinstance(item, Message):
            return Thread(ticket, Key.THIRD_PARTY, int(item.about))
        to_agents = to_agents or audience is Audience.AGENTS
    return Thread(ticket, Key.AGENT) if to_agents else None


def _is_strangers(shop: Shop, ticket: Ticket, sender: str) -> bool:
    """Whether a mail of ours went to somebody who has no part in the ticket: a messenger's user gave their address,
    which nobody has confirmed (decision 306)."""
    return is_handle(ticket.requester.address) and not (ticket.knows(sender) or shop.agent(sender))


def is_sent_by_us(deps: Deps, message_id: str | None) -> bool:
    """Whether the mail service gave this id to a mail of ours."""
    ids = _our_ids((message_id,)) if message_id and message_id.endswith("amazonses.com") else []
    return bool(ids) and deps.threads.ref_of_sent(ids) is not None


def _our_ids(ids: tuple[str, ...]) -> list[str]:
    """Ids that could be SES's: these have the form <id@region.amazonses.com>, and the API gives the part before the
    @."""
    return [id.partition("@")[0] for id in ids if id.isascii()]


def _by_subject(deps: Deps, shop: Shop, mail: InboundMail, sender: str) -> Ticket | None:
    """By the reference in the subject. That is enough only for participants, third parties that we asked, and agents;
    an agent's words are mailed to nobody because of it."""
    ticket = named_in_subject(deps, shop, mail)
    if ticket is None or not sender:
        return None
    belongs = ticket.knows(sender) or referral_from(ticket, sender) or shop.agent(sender)
    return ticket if belongs else None


def mail_source(shop: Shop, message_id: str) -> str:
    """The identity of a mail: the mailbox it came to and its Message-ID."""
    return derived.source_of("mail", shop.id, message_id)
