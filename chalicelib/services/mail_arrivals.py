"""From a mail as it was read to an arrival: who wrote what, what is remarked, and why it gets no automatic answer."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from chalicelib.mail.composing import LOOP_HEADER
from chalicelib.mail.inbound import Address, InboundMail
from chalicelib.rules import data_requests, identity, submission
from chalicelib.rules.inbox import HOLDS_VIRUS, TAKEN_FOR_SPAM
from chalicelib.rules.language import language_of
from chalicelib.rules.opening import Arrival
from chalicelib.rules.policy import Shop
from chalicelib.rules.tickets import Channel, Person
from chalicelib.services.arrivals import DMARC, SPAM, VIRUS, RawMail, readable
from chalicelib.services.letters import UNANSWERABLE, UNREADABLE, UNVERIFIED
from chalicelib.services.threading import mail_source

_LONGEST_SUBJECT = 300
_MOST_PARTICIPANTS = 20
_SUSPICIONS = {SPAM: TAKEN_FOR_SPAM, VIRUS: HOLDS_VIRUS}


def arrival(shop: Shop, mail: RawMail) -> Arrival:
    read_as = mail.mail
    text = submission.clean(read_as.reply or read_as.text).strip()
    subject = submission.one_line(read_as.subject)[:_LONGEST_SUBJECT]
    failed = mail.failed
    return Arrival(
        channel=Channel.MAIL,
        person=_person(read_as.sender),
        subject=subject,
        text=text,
        source=mail_source(shop, read_as.message_id or _without_id(mail)),
        fingerprint=_fingerprint(read_as),
        kind=_kind(shop, subject, text),
        language=language_of(f"{subject} {text}", shop.languages),
        message_id=read_as.message_id,
        raw_key=mail.notice.key,
        participants=_participants(shop, read_as),
        automatic=_automatic(shop, read_as),
        suspicions=tuple(sentence for check, sentence in _SUSPICIONS.items() if check in failed),
        remarks=tuple(_remarks(mail)),
    )


def _kind(shop: Shop, subject: str, text: str) -> str:
    """The policy's kind for mails, but for those about their writer's data, whose month the law sets."""
    about_data = data_requests.KIND in shop.kinds and data_requests.asks_about_data(subject, text)
    return data_requests.KIND if about_data else shop.mail_kind


def forwarded(shop: Shop, arrived: Arrival, mail: RawMail) -> tuple[Arrival, str] | None:
    """What an agent passed on from a customer, as the customer's own, and the agent's words above it; else None."""
    inner = mail.mail.forwarded
    if inner is None or DMARC in mail.failed or not shop.agent(arrived.person.address):
        return None
    customer = inner.sender
    if customer is None or not submission.is_address(customer.address):
        return None
    if shop.agent(customer.address) or customer.address.lower() == shop.support:
        return None
    text = submission.clean(inner.text).strip()
    subject = submission.one_line(inner.subject)[:_LONGEST_SUBJECT] or arrived.subject
    theirs = replace(
        arrived,
        person=_person(customer),
        subject=subject,
        text=text,
        kind=_kind(shop, subject, text),
        language=language_of(text, shop.languages),
        message_id=None,
        participants=(),
    )
    return theirs, submission.clean(inner.note).strip()


def _remarks(mail: RawMail) -> Iterator[str]:
    if not readable(mail):
        yield UNREADABLE
    if DMARC in mail.failed:
        yield UNVERIFIED
    sender = mail.mail.sender
    if sender and sender.address and not submission.is_address(sender.address):
        yield UNANSWERABLE


def _automatic(shop: Shop, mail: InboundMail) -> tuple[str, ...]:
    """Why this mail must get no automatic answer. The policy can name senders whose mail counts as a person's."""
    sender = mail.sender.address.lower() if mail.sender else ""
    ours = ("our own mail come back",) if mail.header(LOOP_HEADER) else ()
    itself = ("from our own address",) if sender == shop.support else ()
    if sender in shop.trusted_senders and not (ours or itself):
        return ()
    bounced = ("delivery report",) if mail.bounce else ()
    return tuple(dict.fromkeys(submission.one_line(reason) for reason in (*ours, *itself, *bounced, *mail.automatic)))


def _participants(shop: Shop, mail: InboundMail) -> tuple[str, ...]:
    ours = {shop.support, *(agent.address for agent in shop.agents)}
    others = (a.address.lower() for a in mail.cc if submission.is_address(a.address))
    return tuple(dict.fromkeys(a for a in others if a not in ours))[:_MOST_PARTICIPANTS]


def _person(sender: Address | None) -> Person:
    return Person(submission.one_line(sender.name)[:100], _shown(sender.address)) if sender else Person("", "")


def _shown(address: str) -> str:
    """An address as written, for agents to see even where no mail can be sent to it. What could not stand in a line is
    marked and not left out: that could make another address of it, to which mail can be sent."""
    if submission.is_address(address):
        return address
    marked, longest = "".join(c if c.isprintable() else "\ufffd" for c in address), submission.LONGEST["email"]
    return marked if len(marked) <= longest else f"{marked[: longest - 1]}…"


def _fingerprint(mail: InboundMail) -> str:
    sender = mail.sender.address.lower() if mail.sender else ""
    return identity.source_of(sender, mail.subject, mail.text, *(file.sha256 for file in mail.attachments))


def _without_id(mail: RawMail) -> str:
    """What identifies a mail that has no Message-ID: all of it but the trace each delivery puts on top."""
    read_as = mail.mail
    date = read_as.date.isoformat() if read_as.date else ""
    body = mail.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return identity.source_of(_fingerprint(read_as), date, hashlib.sha256(body).hexdigest())
