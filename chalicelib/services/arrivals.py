"""From a raw mail to an arrival: who wrote what, which checks it failed, and why it may get no automatic answer."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chalicelib.mail.composing import LOOP_HEADER
from chalicelib.mail.inbound import Address, Attachment, InboundMail
from chalicelib.rules import identity, submission
from chalicelib.rules.language import language_of
from chalicelib.rules.opening import Arrival
from chalicelib.rules.policy import Shop
from chalicelib.rules.tickets import Channel, Person
from chalicelib.services.filing import Parcel
from chalicelib.services.letters import UNREADABLE, UNVERIFIED
from chalicelib.services.threading import mail_source
from chalicelib.telemetry import logger

SPAM, VIRUS, DMARC = "spam", "virus", "dmarc"
_LONGEST_SUBJECT = 300
_MOST_PARTICIPANTS = 20
_AGENTS_OWN = {
    "text/vcard", "text/x-vcard", "text/directory", "application/pgp-keys", "application/pgp-signature",
    "application/pkcs7-signature", "application/x-pkcs7-signature",
}  # fmt: skip
_SUSPICIONS = {SPAM: "the mail service takes it for spam", VIRUS: "the mail service found a virus; files left out"}


@dataclass(frozen=True, slots=True)
class Notice:
    """The mail service's word that a raw mail lies at `key`, for which addresses it took it, and which of its checks
    the mail failed. `attempt` counts from 1 how often we have tried."""

    key: str
    recipients: tuple[str, ...]
    failed: frozenset[str] = frozenset()
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as it came and as it was read."""

    notice: Notice
    raw: bytes
    mail: InboundMail

    @property
    def failed(self) -> frozenset[str]:
        """The checks it failed, by the notice or, when it was put back on the queue without one, by SES's headers."""
        said = {check: self.mail.header(f"X-SES-{check}-Verdict") for check in (SPAM, VIRUS)}
        failed = {check for check, verdict in said.items() if verdict.strip().upper() == "FAIL"}
        if "dmarc=fail" in self.mail.header("Authentication-Results").lower():
            failed.add(DMARC)
        return self.notice.failed | failed

    @property
    def recipients(self) -> tuple[str, ...]:
        """The envelope's recipients; without an envelope, every address the mail says it was sent to."""
        named = (*self.mail.recipients, *(a.address for a in (*self.mail.to, *self.mail.cc)))
        return self.notice.recipients or named


def read(notice: Notice, raw: bytes) -> RawMail:
    """The mail as read. Should reading fail all the same, a mail that nobody could read: kept and shown as such."""
    # Reading takes a tenth of a second to import, which the functions that receive no mail need not spend.
    from chalicelib.mail import reading

    try:
        return RawMail(notice, raw, reading.read(raw))
    except Exception:
        logger.exception("a mail could not be read")
        return RawMail(notice, raw, InboundMail())


def bare(mail: RawMail) -> RawMail:
    """Of a mail that again and again could not be dealt with, no more than who sent it: the rest is in the original."""
    full = mail.mail
    known = InboundMail(
        message_id=full.message_id,
        sender=full.sender,
        automatic=full.automatic,
        bounce=full.bounce,
        headers={name: values for name, values in full.headers.items() if name.startswith("x-")},
    )
    return replace(mail, mail=known)


def arrival(shop: Shop, mail: RawMail) -> Arrival:
    read_as = mail.mail
    sender = _usable(read_as.sender)
    text = submission.clean(read_as.reply or read_as.text).strip()
    subject = submission.one_line(read_as.subject)[:_LONGEST_SUBJECT]
    failed = mail.failed
    return Arrival(
        channel=Channel.MAIL,
        person=_person(sender),
        subject=subject,
        text=text,
        source=mail_source(shop, read_as.message_id or _without_id(mail)),
        fingerprint=_fingerprint(read_as),
        kind=shop.mail_kind,
        language=language_of(f"{subject} {text}", shop.languages),
        message_id=read_as.message_id,
        raw_key=mail.notice.key,
        participants=_participants(shop, read_as),
        automatic=_automatic(shop, read_as),
        suspicions=tuple(sentence for check, sentence in _SUSPICIONS.items() if check in failed),
        remarks=tuple(_remarks(mail)),
    )


def forwarded(shop: Shop, arrived: Arrival, mail: RawMail) -> tuple[Arrival, str] | None:
    """What an agent passed on from a customer, as the customer's own, and the agent's words above it; else None."""
    inner = mail.mail.forwarded
    customer = _usable(inner.sender) if inner else None
    if inner is None or customer is None or DMARC in mail.failed or not shop.agent(arrived.person.address):
        return None
    if shop.agent(customer.address) or customer.address.lower() == shop.support:
        return None
    text = submission.clean(inner.text).strip()
    theirs = replace(
        arrived,
        person=_person(customer),
        subject=submission.one_line(inner.subject)[:_LONGEST_SUBJECT] or arrived.subject,
        text=text,
        language=language_of(text, shop.languages),
        message_id=None,
        participants=(),
    )
    return theirs, submission.clean(inner.note).strip()


def parcels(mail: RawMail) -> list[Parcel]:
    """The attachments, unless there is a virus in them; of a mail that could not be read, the mail itself."""
    if VIRUS in mail.failed:
        return []
    original = () if _readable(mail) else (Parcel("original.eml", "message/rfc822", mail.raw),)
    return [*original, *(_parcel(file) for file in mail.mail.attachments)]


def public_parcels(mail: RawMail) -> list[Parcel]:
    """Of an agent's answer, the files meant for the customer: not the agent's card and keys, nor pictures in it."""
    meant = (a for a in mail.mail.attachments if not a.inline and a.content_type not in _AGENTS_OWN)
    return [_parcel(file) for file in meant] if VIRUS not in mail.failed else []


def _parcel(file: Attachment) -> Parcel:
    """S3 takes the type as a header of its own: what could not stand in one is told as bytes."""
    plain = file.content_type.isascii() and file.content_type.isprintable()
    return Parcel(file.filename, file.content_type if plain else "application/octet-stream", file.content)


def _remarks(mail: RawMail) -> Iterator[str]:
    if not _readable(mail):
        yield UNREADABLE
    if DMARC in mail.failed:
        yield UNVERIFIED


def _readable(mail: RawMail) -> bool:
    """Whether what it says could be read. One that is all subject has nothing below its headers; one that is all files
    says what it says in them; one that is encrypted says nothing to us."""
    read_as = mail.mail
    if read_as.protection == "encrypted":
        return False
    if read_as.text.strip():
        return _words(read_as.text)
    if read_as.attachments:
        return True
    below = mail.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return bool(read_as.subject.strip()) and not below.strip()


def _words(text: str) -> bool:
    """Whether a text is words rather than bytes of something else: most of it can be printed."""
    sample = [c for c in text[:4000] if not c.isspace()]
    odd = sum(not c.isprintable() or c in "\ufffd\ufeff\ufffe\u00ff\u00fe" for c in sample)
    return odd * 4 <= len(sample)


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


def _usable(sender: Address | None) -> Address | None:
    return sender if sender and submission.is_address(sender.address) else None


def _person(sender: Address | None) -> Person:
    return Person(submission.one_line(sender.name)[:100], sender.address) if sender else Person("", "")


def _fingerprint(mail: InboundMail) -> str:
    sender = mail.sender.address.lower() if mail.sender else ""
    return identity.source_of(sender, mail.subject, mail.text, *(file.sha256 for file in mail.attachments))


def _without_id(mail: RawMail) -> str:
    """What identifies a mail that has no Message-ID: all of it but the trace each delivery puts on top."""
    read_as = mail.mail
    date = read_as.date.isoformat() if read_as.date else ""
    body = mail.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return identity.source_of(_fingerprint(read_as), date, hashlib.sha256(body).hexdigest())
