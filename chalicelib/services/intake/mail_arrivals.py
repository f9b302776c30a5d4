"""Turns a gathered mail into an arrival: its person, its text, and its remarks."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from chalicelib.mail.inbound import InboundMail, Naming
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.addressing import canonical, plus_part, same
from chalicelib.rules.identity.handles import is_handle
from chalicelib.rules.intake import submission
from chalicelib.rules.intake.language import language_of
from chalicelib.rules.intake.mail_decisions import Course, Decision, Notified, Voice, Why
from chalicelib.rules.intake.mail_facts import Key
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.intake.opening import Inbound
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import FEEDBACK
from chalicelib.rules.tickets.messages import NOBODY
from chalicelib.rules.tickets.remarks import Remark, Suspicion
from chalicelib.rules.tickets.ticket import Channel, Person, Ticket
from chalicelib.services.intake import own_words
from chalicelib.services.intake.arrivals import DMARC, SPAM, VIRUS, RawMail, readable
from chalicelib.services.intake.cut import customers_words
from chalicelib.services.intake.gathering import Gathered
from chalicelib.services.intake.threading import mail_source
from chalicelib.services.ports.deps import Deps

_LONGEST_SUBJECT = 300
_MAX_PARTICIPANTS = 20
_SUSPICIONS = {SPAM: Suspicion.TAKEN_FOR_SPAM, VIRUS: Suspicion.HOLDS_VIRUS}


def inbound_of(shop: Shop, gathered: Gathered) -> Inbound:
    """The mail as it arrived, before the decision about its author."""
    mail, read, meant = gathered.mail, gathered.mail.mail, gathered.meant
    text = own = customers_words.reply(read)
    if not (gathered.agent or gathered.machine):
        text = customers_words.with_signature(read, own)
    subject = submission.one_line(read.subject)[:_LONGEST_SUBJECT]
    person = _fit(meant.person)
    return Inbound(
        channel=Channel.MAIL,
        person=person,
        subject=subject,
        text=text,
        source=mail_source(shop, read.message_id or _without_id(mail)),
        fingerprint=_fingerprint(read),
        kind=matters.kind_of(shop, subject, text, _usual_kind(shop, mail)),
        language=language_of(f"{subject} {own}", shop.languages),
        message_id=read.message_id,
        raw_key=mail.notice.key,
        participants=_participants(shop, gathered),
        automatic=tuple(dict.fromkeys(gathered.machine)),
        suspicions=tuple(suspicion for check, suspicion in _SUSPICIONS.items() if check in mail.failed),
        remarks=tuple(_remarks(mail, person)),
        sender=_shown(meant.sender.address) if meant.reachable or meant.unnamed else "",
        writer=_fit(meant.writer),
    )


def opening(shop: Shop, gathered: Gathered, decision: Decision) -> Inbound:
    """The arrival that opens a new ticket, according to the decision."""
    arrived = inbound_of(shop, gathered)
    arrived = _marked(arrived, gathered, decision)
    if decision.theirs:
        arrived = _in_their_name(shop, arrived, gathered)
    elif decision.voice is Voice.COLLEAGUE or decision.why is Why.NEW_OWN_ADDRESS:
        # The content of an agent's mail is its topic, so all of the text is kept. An address of ours may be an agent's.
        arrived = replace(arrived, text=submission.clean(gathered.mail.mail.text).strip(), participants=())
    if decision.voice is Voice.COLLEAGUE:
        # It has no customer until somebody says who that is: an answer would go to the agent.
        agents = arrived.person
        arrived = replace(arrived, person=Person(agents.name, ""), sender=agents.address)
    if decision.why is Why.NEW_ANSWERED and gathered.mail.mail.in_reply_to:
        # The id of the customer's mail to the agent: the customer's next mail will refer to it.
        id = gathered.mail.mail.in_reply_to[0]
        arrived = replace(arrived, message_id=id, source=mail_source(shop, id))
    besides = matters.besides(shop, arrived.subject, arrived.text, arrived.kind)
    if decision.why is Why.NEW_COPY:
        # What an agent asks of somebody else is no customer's matter of law.
        arrived, besides = replace(arrived, kind=_usual_kind(shop, gathered.mail)), ()
    return replace(
        arrived,
        remarks=tuple(dict.fromkeys((*arrived.remarks, *_of_its_opening(gathered, decision), *besides))),
        acknowledge=decision.acknowledged,
        notify=decision.notified is not Notified.NOBODY,
        ask=gathered.agent.address if gathered.agent and decision.notified is Notified.BOTH else "",
        confirmed=decision.voice is Voice.CUSTOMER and not decision.theirs and _dmarc_passed(gathered),
    )


def joining(deps: Deps, shop: Shop, gathered: Gathered, decision: Decision, ticket: Ticket) -> Inbound:
    """The arrival that joins a ticket: its writer, and only the text that is for the ticket."""
    arrived, meant = _marked(inbound_of(shop, gathered), gathered, decision), gathered.meant
    if not meant.relayed:
        also = () if same(meant.person.address, meant.sender.address) else (canonical(meant.person.address),)
        arrived = replace(arrived, person=_fit(meant.sender), participants=also, sender="", writer=NOBODY)
    else:
        arrived = replace(arrived, participants=())
    own = arrived.text
    if decision.course is Course.ADD and not gathered.machine:
        said = customers_words.joined(deps, shop, ticket, gathered.mail.mail)
        arrived, own = replace(arrived, text=said.text), said.own
    if decision.voice is Voice.CUSTOMER:
        # A writer who answers our mail at its reply address has read that mail.
        answered = gathered.thread is not None and gathered.thread.key is Key.CUSTOMER
        arrived = replace(arrived, confirmed=_dmarc_passed(gathered) or answered)
        # The subject that each mail of the thread repeats says nothing new.
        subject = "" if ticket.subject and ticket.subject in arrived.subject else arrived.subject
        besides = matters.besides(shop, subject, own, ticket.kind)
        arrived = replace(arrived, remarks=(*arrived.remarks, *besides))
    if decision.voice is Voice.AGENT:
        arrived = replace(arrived, text=own_words.for_customer(shop, gathered.mail.mail, ticket))
    if decision.course is Course.KEEP:
        arrived = replace(arrived, text=arrived.text or submission.clean(gathered.mail.mail.text).strip())
    if decision.why is Why.SEVERAL:
        arrived = replace(arrived, about=", ".join(gathered.others))
    if arrived.suspicions:
        arrived = replace(arrived, remarks=(*arrived.remarks, Remark.SUSPICIOUS))
    if decision.course in (Course.ANSWER, Course.OPEN_ANSWERED) and not decision.mailed:
        arrived = replace(arrived, remarks=(*arrived.remarks, Remark.ANSWERED_DIRECTLY))
    return arrived


def _marked(arrived: Inbound, gathered: Gathered, decision: Decision) -> Inbound:
    """With the mark of an absence, where it alone shows an automatic reply."""
    counts = decision.why in (Why.AUTOMATIC, Why.NEW_ABSENCE)
    return replace(arrived, automatic=arrived.automatic or gathered.absence) if counts else arrived


def _of_its_opening(gathered: Gathered, decision: Decision) -> Iterator[Remark]:
    """The remarks on a ticket that this mail opens, besides those on how the mail was read."""
    if gathered.mail.disowned and not decision.theirs:
        yield Remark.DISOWNED
    if decision.why in (Why.WHOSE, Why.NEW_COPY, Why.ASTRAY):
        yield Remark(decision.why)
        if not (gathered.mail.dmarc_passed and gathered.mail.mail.naming is Naming.SOLE):
            yield Remark.UNVERIFIED
    elif decision.why is Why.NEW_OWN_ADDRESS:
        yield Remark.OWN_ADDRESS
    elif gathered.silent and not gathered.meant.reachable and not decision.theirs:
        yield Remark.NO_CONFIRMATION


def _dmarc_passed(gathered: Gathered) -> bool:
    """Whether DMARC authenticates the domain of the same address that answers go to."""
    return gathered.mail.dmarc_passed and same(gathered.meant.person.address, gathered.meant.sender.address)


def note(gathered: Gathered) -> str:
    """The agent's own text above the mail they pass on."""
    inner = gathered.contained
    return submission.clean(inner.note).strip() if inner else ""


def _in_their_name(shop: Shop, arrived: Inbound, gathered: Gathered) -> Inbound:
    """The mail inside an agent's mail, as the customer's own."""
    inner, whose = gathered.contained, gathered.inner
    text = submission.clean(inner.text if inner else "").strip()
    subject = submission.one_line(inner.subject if inner else "")[:_LONGEST_SUBJECT] or arrived.subject
    return replace(
        arrived,
        person=_fit(whose.person),
        subject=subject,
        text=text,
        kind=matters.kind_of(shop, subject, text, shop.mail_kind),
        language=language_of(text, shop.languages),
        message_id=None,
        participants=(),
        sender=_shown(whose.sender.address) if whose.reachable else "",
        writer=_fit(whose.writer),
    )


def _usual_kind(shop: Shop, mail: RawMail) -> str:
    """The policy's kind for mails; of one to care+feedback@ it is feedback."""
    to_feedback = any(plus_part(address) == FEEDBACK and shop.is_ours(address) for address in mail.recipients)
    return FEEDBACK if to_feedback and shop.offers(FEEDBACK) else shop.mail_kind


def _remarks(mail: RawMail, person: Person) -> Iterator[Remark]:
    if not readable(mail):
        yield Remark.UNREADABLE
    unclear = mail.mail.naming is Naming.UNCLEAR and "@" in person.address
    if DMARC in mail.failed or unclear:
        yield Remark.UNVERIFIED
    if person.address and not submission.is_address(person.address):
        yield Remark.UNANSWERABLE


def _participants(shop: Shop, gathered: Gathered) -> tuple[str, ...]:
    """The addresses in copy, and the From of a person who wants answers at another address; never our own."""
    meant = gathered.meant
    others = (meant.writer.address, *(a.address for a in gathered.mail.mail.cc))
    fit = (canonical(a) for a in others if submission.is_address(a) and not (shop.is_ours(a) or shop.agent(a)))
    return tuple(dict.fromkeys(fit))[:_MAX_PARTICIPANTS]


def _fit(person: Person) -> Person:
    return Person(submission.one_line(person.name)[:100], _shown(person.address))


def _shown(address: str) -> str:
    """An address as written, so that agents see it even if no mail can be sent to it. Unprintable characters are
    replaced, not removed: removing them could produce another, valid address."""
    if submission.is_address(address):
        return address
    if is_handle(address):  # no mail comes from there (decision 291)
        address = "".join("\ufffd" if canonical(c) == "@" else c for c in address)
    marked, longest = "".join(c if c.isprintable() else "\ufffd" for c in address), submission.LONGEST["email"]
    return marked if len(marked) <= longest else f"{marked[: longest - 1]}…"


def _fingerprint(mail: InboundMail) -> str:
    sender = canonical(mail.sender.address) if mail.sender else ""
    return derived.source_of(sender, mail.subject, mail.text, *(file.sha256 for file in mail.attachments))


def _without_id(mail: RawMail) -> str:
    """The identity of a mail without a Message-ID: all of it except the trace headers that each delivery adds."""
    read_as = mail.mail
    date = read_as.date.isoformat() if read_as.date else ""
    body = mail.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return derived.source_of(_fingerprint(read_as), date, hashlib.sha256(body).hexdigest())
