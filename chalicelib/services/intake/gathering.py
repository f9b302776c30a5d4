"""Collects all facts about a received mail, once: who it is from, its marks, the ticket it belongs to, and its content.
A rule then decides what happens to it (rules.intake.mail_deciding)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from chalicelib.mail.automatic import recalls
from chalicelib.mail.inbound import LOOP_HEADER, Attachment, Forwarded, InboundMail, Mark, MarkCode, Naming
from chalicelib.rules.identity.addressing import domain_of, same
from chalicelib.rules.identity.handles import is_handle
from chalicelib.rules.intake import mail_senders, submission
from chalicelib.rules.intake.mail_facts import (
    Author,
    Facts,
    Inner,
    Key,
    Origin,
    Part,
    Proof,
    Report,
    TicketState,
)
from chalicelib.rules.intake.mail_senders import Meant
from chalicelib.rules.intake.submission import is_reachable
from chalicelib.rules.policy.model import Agent, Shop
from chalicelib.rules.policy.promises import SecondReader
from chalicelib.rules.procedure import replying
from chalicelib.rules.procedure.referring import referral_from
from chalicelib.rules.tickets.messages import NOBODY, AutomaticMark
from chalicelib.rules.tickets.ticket import State, Ticket
from chalicelib.services.delivery import bouncing
from chalicelib.services.delivery.bouncing import Reported
from chalicelib.services.intake import arrivals, leaving_out, mail_people, own_words, written_to
from chalicelib.services.intake.arrivals import DMARC, SPAM, VIRUS, RawMail
from chalicelib.services.intake.threading import Thread, is_sent_by_us, named_in_subject, others_answered, thread_of
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.reply_tokens import tokens

_AUTHORS = {
    Naming.SOLE: Author.SURE,
    Naming.SENT_FOR: Author.LOOSE,
    Naming.LOOSE: Author.LOOSE,
    Naming.UNCLEAR: Author.UNCLEAR,
}
_NAMED = (Author.SURE, Author.LOOSE)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A mail to one shop and what is known about it. `machine` and `silent`: why it counts as automatic, and why it
    must not be answered automatically; `ours`: our own mail returned to us; `named`: the ticket that its subject names;
    `contained`: the mail inside an agent's mail, `inner`: the customer who wrote that one."""

    mail: RawMail
    meant: Meant
    agent: Agent | None
    machine: tuple[AutomaticMark, ...]
    absence: tuple[AutomaticMark, ...]
    """Why an agent's mail may be an automatic reply, though only its subject says so."""
    silent: tuple[Mark, ...]
    ours: bool
    report: Report
    reported: Reported | None
    thread: Thread | None
    named: Ticket | None
    contained: Forwarded | None
    holds: Inner
    certain: bool
    """Whether it says that it forwards that mail, even if it cannot be read."""
    astray: bool
    """Whether an agent sent it to a reply address for agents that leads to no ticket."""
    others: tuple[str, ...]
    """The references of further tickets to whose reply addresses an agent sent it."""
    inner: Meant
    ours_attached: tuple[Attachment, ...]
    """The attached mails of ours that its customer must not see."""


def gather(deps: Deps, shop: Shop, mail: RawMail, *, threads: bool = True) -> Gathered:
    """`threads`: False for a mail that could not be processed; then no thread is looked up."""
    read = mail.mail
    meant = mail_senders.meant(deps.policy, shop, mail_people.headers(read))
    agent = shop.agent(meant.sender.address)
    ours = _is_ours(deps, read, meant)
    about = _reported(deps, shop, mail, meant) if threads else None
    thread = _thread(deps, shop, mail, meant, agent) if threads and not about else None
    if agent is None:
        meant = _settled(deps, shop, read, thread, meant)
    ours_attached = leaving_out.ours(deps, mail, by_agent=agent is not None)
    contained = mail_people.contained(deps.policy, shop, read, ours_attached) if agent else None
    holds, inner = mail_people.inner(deps.policy, shop, contained)
    unread = agent is not None and contained is None and read.says_forwarded
    trusted = any(same(meant.sender.address, sender) for sender in shop.trusted_senders)
    return Gathered(
        mail=mail,
        meant=meant,
        agent=agent,
        machine=tuple(_machine(read, ours, trusted=trusted)),
        absence=tuple(_absence(read)) if agent and not trusted else (),
        silent=() if trusted else tuple(_silent(shop, read, meant)),
        ours=ours,
        report=Report.OURS if about else Report.OTHER if read.bounce else Report.NONE,
        reported=about,
        thread=thread,
        named=thread.ticket if thread else named_in_subject(deps, shop, read) if threads and not about else None,
        contained=contained,
        holds=Inner.UNKNOWN if unread else holds,
        certain=unread or (contained is not None and contained.certain),
        astray=agent is not None and not thread and written_to.is_to_a_ticket(deps, mail),
        others=others_answered(deps, shop, read, mail.recipients, thread) if agent and thread else (),
        inner=inner,
        ours_attached=ours_attached,
    )


def _reported(deps: Deps, shop: Shop, mail: RawMail, meant: Meant) -> Reported | None:
    """The mail of ours that a delivery report is about. A mail that a participant wrote is never one."""
    read = mail.mail
    about = bouncing.reported(deps, shop, read, read.bounce, mail.recipients) if read.bounce else None
    return about if about and not _is_party(shop, about.ticket, meant) else None


def _thread(deps: Deps, shop: Shop, mail: RawMail, meant: Meant, agent: Agent | None) -> Thread | None:
    # An unclear From finds no thread. An agent's does, because the agent must learn that the answer was not sent.
    surely = meant.surely if agent or mail.mail.naming is not Naming.UNCLEAR else ""
    thread = thread_of(deps, shop, mail.mail, mail.recipients, "" if is_handle(surely) else surely)
    if thread and thread.key is Key.ID and written_to.to_service(shop, mail):
        return None  # the answered mail is recorded on one ticket, but is about many
    return thread if thread and not opened_by(mail, thread.ticket) else None


def _settled(deps: Deps, shop: Shop, mail: InboundMail, thread: Thread | None, meant: Meant) -> Meant:
    """Whom the mail is from once its ticket is known. A group that takes part there, as a third party's help desk may,
    speaks for itself. What a colleague who is no agent forwards is somebody else's, and agents are asked whose."""
    sender = meant.sender.address
    if thread is None:
        forwards = mail.says_forwarded or (mail.forwarded is not None and mail.forwarded.certain)
        theirs = forwards and all(mail_senders.in_own_domain(shop, one) for one in (sender, meant.person.address))
        return replace(meant, person=NOBODY, relayed=True) if theirs else meant
    if not meant.unnamed or deps.policy.shop_of(sender):
        return meant
    known = thread.ticket.knows(sender) or referral_from(thread.ticket, sender) or thread.key is Key.THIRD_PARTY
    return Meant(meant.sender, meant.sender) if known else meant


def facts(deps: Deps, shop: Shop, gathered: Gathered) -> Facts:
    """The facts for `decide`, with the thread's ticket as it is now."""
    mail, thread = gathered.mail, gathered.thread
    ticket, author = thread.ticket if thread else None, _AUTHORS[mail.mail.naming]
    return Facts(
        origin=Origin.OURSELVES if gathered.ours else Origin.MACHINE if gathered.machine else Origin.PERSON,
        report=gathered.report,
        silent=bool(gathered.silent),
        reachable=gathered.meant.reachable,
        proof=Proof.FAILED if DMARC in mail.failed else Proof.PASSED if mail.dmarc_passed else Proof.NONE,
        author=author,
        disowned=mail.disowned,
        suspicious=bool({SPAM, VIRUS} & mail.failed),
        readable=arrivals.readable(mail),
        words=bool(_words(shop, gathered, ticket)),
        files=bool(arrivals.public_incoming_files(mail, gathered.ours_attached)),
        agent=gathered.agent is not None,
        unnamed=gathered.meant.unnamed and not gathered.ours,
        absence=bool(gathered.absence),
        recalls=gathered.agent is not None and recalls.is_recall(mail.mail),
        for_another=gathered.meant.for_another,
        part=part(thread.ticket, gathered.meant, thread.key) if thread and author in _NAMED else Part.NONE,
        key=thread.key if thread else Key.NONE,
        ticket_state=_ticket_state(deps, shop, ticket) if ticket else TicketState.NONE,
        answerable=ticket is not None and is_reachable(ticket.requester.address),
        read_by_two=ticket is not None and gathered.agent is not None and _read_by_two(deps, shop, ticket),
        addressed=written_to.addressed(deps.policy, shop, mail, gathered.meant, gathered.inner.person.address, thread),
        inner=gathered.holds,
        certain=gathered.certain,
        forwards=gathered.certain and written_to.forwards_anothers(deps.policy, mail.mail, gathered.contained),
        astray=gathered.astray,
        several=bool(gathered.others),
        inside=written_to.is_inside(deps.policy, shop, mail),
    )


def with_thread(gathered: Gathered, thread: Thread) -> Gathered:
    return replace(gathered, thread=thread)


def referral(ticket: Ticket, meant: Meant) -> int:
    """The number of the referral to the third party who wrote the mail; 0 if it is from none of them."""
    asked = (referral_from(ticket, address) for address in meant.addresses if address)
    return next((found.number for found in asked if found), 0)


def part(ticket: Ticket, meant: Meant, key: Key) -> Part:
    """The writer's role in the ticket. If the token was made for another role, or there is none, a Reply-To proves
    nothing. With a third party's token, a participant of its domain is its colleague, and takes no part."""
    addresses = meant.addresses if key in (Key.CUSTOMER, Key.ID) else (meant.surely,)
    if any(replying.is_customers(ticket, address) for address in addresses):
        return Part.CUSTOMER
    if any(referral_from(ticket, address) for address in addresses if address):
        return Part.THIRD_PARTY
    asked = {domain_of(each.address) for each in ticket.referrals} if key is Key.THIRD_PARTY else set()
    known = any(ticket.knows(address) and domain_of(address) not in asked for address in addresses)
    return Part.PARTICIPANT if known else Part.NONE


def opened_by(mail: RawMail, ticket: Ticket) -> bool:
    """Whether this raw mail opened the ticket, in an attempt that crashed before it finished."""
    return (ticket.opening.raw_key or "").endswith(f"/{mail.notice.key.rpartition('/')[2]}")


def _words(shop: Shop, gathered: Gathered, ticket: Ticket | None) -> str:
    """The mail's text. From an agent or a machine only the new text, because such mails mostly quote ours."""
    mail = gathered.mail.mail
    if gathered.agent:
        return own_words.for_customer(shop, mail, ticket)
    return submission.clean(mail.new if gathered.machine else mail.text).strip()


def _is_ours(deps: Deps, mail: InboundMail, meant: Meant) -> bool:
    """Whether it is our own mail returned to us. Its From proves nothing: forms, groups and people at a shared mailbox
    write from addresses of ours, and forgers do. Some mails' loop header bears no token that could be checked, so there
    the From counts beside it."""
    header, from_us = mail.header(LOOP_HEADER), deps.policy.shop_of(meant.sender.address) is not None
    if header and (from_us or any(tokens(deps, (header,)))):
        return True
    if not from_us:
        return False
    replies = (*((mail.reply_to,) if mail.reply_to else ()), *mail.all_reply_to)
    return any(tokens(deps, tuple(each.address for each in replies))) or is_sent_by_us(deps, mail.message_id)


def _machine(mail: InboundMail, ours: bool, *, trusted: bool) -> Iterator[AutomaticMark]:
    """Why the mail counts as automatic. The policy can name senders that always count as persons."""
    if ours:
        yield AutomaticMark(MarkCode.OUR_OWN_MAIL)
    if mail.bounce:
        yield AutomaticMark(MarkCode.DELIVERY_REPORT)
    if ours or not trusted:
        yield from (AutomaticMark(mark.code, submission.one_line(mark.value)[:200]) for mark in mail.automatic)


def _absence(mail: InboundMail) -> Iterator[AutomaticMark]:
    yield from (AutomaticMark(each.code) for each in mail.no_auto_reply if each.code is MarkCode.OUT_OF_OFFICE_SUBJECT)


def _silent(shop: Shop, mail: InboundMail, meant: Meant) -> Iterator[Mark]:
    """Why the mail must not be answered automatically."""
    yield from mail.no_auto_reply
    if mail_senders.is_own_program(shop, meant):
        yield Mark(MarkCode.SENDER, meant.sender.address.rpartition("@")[0][:40])


def _is_party(shop: Shop, ticket: Ticket, meant: Meant) -> bool:
    addresses = [address for address in meant.addresses if address]
    return any(shop.agent(a) or ticket.knows(a) or referral_from(ticket, a) for a in addresses)


def _ticket_state(deps: Deps, shop: Shop, ticket: Ticket) -> TicketState:
    if not replying.takes_replies(ticket, shop, deps.now()):
        return TicketState.PAST
    states = {State.CLOSED: TicketState.CLOSED, State.QUARANTINED: TicketState.QUARANTINE}
    return states.get(ticket.state, TicketState.RUNNING)


def _read_by_two(deps: Deps, shop: Shop, ticket: Ticket) -> bool:
    if shop.desk.second_reader == SecondReader():
        return False
    from chalicelib.services.tickets.answers import second_reading  # few shops ask for it

    return second_reading.asked_for(deps, shop, ticket)
