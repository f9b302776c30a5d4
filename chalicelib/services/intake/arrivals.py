"""A raw mail as it came and as it was read: which checks it failed, whether it could be read, what files it brings."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.mail.inbound import Attachment, InboundMail, Naming
from chalicelib.rules.identity.addressing import domain_of
from chalicelib.rules.identity.mailboxes import network
from chalicelib.rules.intake.limits import Source
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets.filing import IncomingFile
from chalicelib.telemetry import logger

SPAM, VIRUS, DMARC, SPF, DKIM = "spam", "virus", "dmarc", "spf", "dkim"
# From this attempt on, a mail is not read any more and opened as unreadable instead, with the original attached.
LAST_ATTEMPT = 4
_TAKEN_FOR = re.compile(r"\bfor <?([^\s<>;]+@[^\s<>;]+)")
# The trace on top is the mail service's own.
_HANDED_OVER = re.compile(
    r"from [^;]*?\[([0-9A-Fa-f:.]{3,45})\]\)?\s+by [\w.-]*amazon(?:aws|ses)?\.com(?=[\s;])", re.DOTALL
)
_AGENTS_OWN = {
    "text/vcard", "text/x-vcard", "text/directory", "application/pgp-keys", "application/pgp-signature",
    "application/pkcs7-signature", "application/x-pkcs7-signature",
}  # fmt: skip


class Outcome(StrEnum):
    """What became of a raw mail."""

    OPENED = "opened"
    APPENDED = "appended"
    DUPLICATE = "duplicate"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    QUARANTINED = "quarantined"  # quarantined as spam, virus or too many: listed, to be released by an agent
    MISDIRECTED = "misdirected"  # to no address of our shops: it goes with what was received, when its time is over
    NO_TICKETS = "no_tickets"  # an agent's answer to a digest or a sign-in link, who was told that nobody reads it
    GONE = "gone"  # it is not there: never noted, so that reconcile finds it should it come after all


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as it came and as it was read."""

    notice: MailReceived
    raw: bytes
    mail: InboundMail

    @property
    def failed(self) -> frozenset[str]:
        """The checks it failed, by the notice or, when it was put back on the queue without one, by SES's headers."""
        said = {check: self.mail.header(f"X-SES-{check}-Verdict") for check in (SPAM, VIRUS)}
        failed = {check for check, verdict in said.items() if verdict.strip().upper() == "FAIL"}
        results = self.mail.header("Authentication-Results").lower()
        checks = (DMARC,) if self.notice.recipients else (DMARC, SPF, DKIM)
        failed |= {check for check in checks if f"{check}=fail" in results}
        return self.notice.failed | failed

    @property
    def dmarc_passed(self) -> bool:
        """Whether its sender's domain vouches for it: by the notice alone, as a header that says so may be the sender's
        own; and only where the domain that was asked can be none but the sender's."""
        named = self.mail.naming in (Naming.SOLE, Naming.SENT_FOR)
        return named and DMARC in self.notice.passed and DMARC not in self.failed

    @property
    def disowned(self) -> bool:
        """Whether who sent it is nobody the From's domain would have send: it asks to keep such mails from people, or
        nothing that vouches for a mail holds. Where its wish is not known, it counts as asked."""
        if DMARC in self.failed:
            return self.notice.policy != "none" and "(p=none" not in self.mail.header("Authentication-Results").lower()
        return SPF in self.failed and DKIM not in self.notice.passed and not self.dmarc_passed

    @property
    def source(self) -> Source:
        """Where it came from, as far as that can't be made up: the domain that vouches for the From, or for the
        envelope's sender; else the host that the mail service had it from."""
        sender = self.mail.sender.address if self.mail.sender else ""
        if self.dmarc_passed and sender:
            return Source(domain=domain_of(sender))
        if SPF in self.notice.passed and domain_of(self.notice.sender):
            return Source(domain=domain_of(self.notice.sender))
        handed = _HANDED_OVER.match(self.mail.header("Received")[:1000])
        return Source(network(handed[1]) if handed else "")

    @property
    def recipients(self) -> tuple[str, ...]:
        """The envelope's recipients; without an envelope, whom the mail service says it took it for, and every address
        the mail says it was sent to."""
        taken = _TAKEN_FOR.findall(self.mail.header("Received")[:2000])
        named = (*taken, *self.mail.recipients, *(a.address for a in (*self.mail.to, *self.mail.cc)))
        return self.notice.recipients or named


def read(notice: MailReceived, raw: bytes) -> RawMail:
    """The mail as read. Should reading fail all the same, a mail that nobody could read: kept and shown as such."""
    # Reading takes a tenth of a second to import, which the functions that receive no mail need not spend.
    from chalicelib.mail import reading

    try:
        return RawMail(notice, raw, reading.read(raw))
    except Exception:
        logger.exception("a mail could not be read")
        return RawMail(notice, raw, InboundMail())


def unread(notice: MailReceived, raw: bytes) -> RawMail:
    """A mail that nobody is to read."""
    from chalicelib.mail.quoting import first_lines

    return RawMail(notice, raw, first_lines.read(raw))


def bare(mail: RawMail) -> RawMail:
    """Of a mail that again and again could not be dealt with, no more than who sent it: the rest is in the original."""
    full = mail.mail
    known = InboundMail(
        message_id=full.message_id,
        sender=full.sender,
        senders=full.senders,
        naming=full.naming,
        reply_to=full.reply_to,
        original_sender=full.original_sender,
        to=full.to,
        automatic=full.automatic,
        no_auto_reply=full.no_auto_reply,
        bounce=full.bounce,
        headers={name: values for name, values in full.headers.items() if name.startswith("x-")},
    )
    return replace(mail, mail=known)


def parcels(mail: RawMail) -> list[IncomingFile]:
    """The attachments, unless there is a virus in them; of a mail that could not be read, the mail itself."""
    if VIRUS in mail.failed:
        return []
    original = () if readable(mail) else (IncomingFile("original.eml", "message/rfc822", mail.raw),)
    return [*original, *(_parcel(file) for file in mail.mail.attachments)]


def public_parcels(mail: RawMail) -> list[IncomingFile]:
    """Of an agent's answer, the files meant for the customer: not the agent's card and keys, nor what is shown in a
    signature or in what the answer quotes."""
    meant = (a for a in mail.mail.attachments if a.shown != "old" and a.content_type not in _AGENTS_OWN)
    return [_parcel(file) for file in meant] if VIRUS not in mail.failed else []


def left_out(mail: RawMail) -> list[Attachment]:
    """The pictures of an agent's answer that do not go on."""
    return [a for a in mail.mail.attachments if a.shown == "old"] if VIRUS not in mail.failed else []


def _parcel(file: Attachment) -> IncomingFile:
    """S3 takes the type as a header of its own: what could not stand in one is told as bytes."""
    plain = file.content_type.isascii() and file.content_type.isprintable()
    return IncomingFile(file.filename, file.content_type if plain else "application/octet-stream", file.content)


def readable(mail: RawMail) -> bool:
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
