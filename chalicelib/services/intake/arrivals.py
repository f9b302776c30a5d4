"""A raw mail as it arrived and as it was parsed: which checks it failed, whether it is readable, and its files."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.mail.inbound import Attachment, InboundMail, Naming
from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import domain_of
from chalicelib.rules.identity.mailboxes import network
from chalicelib.rules.intake.limits import Source
from chalicelib.services.ports.mails import MailReceived
from chalicelib.services.tickets.filing import IncomingFile
from chalicelib.telemetry import logger

SPAM, VIRUS, DMARC, SPF, DKIM = "spam", "virus", "dmarc", "spf", "dkim"
# From this attempt on, a mail is no longer parsed; it opens a ticket as unreadable, with the original attached.
LAST_ATTEMPT = 4
_TAKEN_FOR = pattern(r"\bfor <?([^\s<>;]+@[^\s<>;]+)")
# The topmost Received header is the mail service's own.
_HANDED_OVER = pattern(
    r"from [^;]*?\[([0-9A-Fa-f:.]{3,45})\]\)?\s+by [\w.-]*amazon(?:aws|ses)?\.com(?=[\s;])", re.DOTALL
)
# Beside cards and keys: a signed mail is all of the agent's mail once more, with what it quotes; so may a winmail.dat
# be that could not be unpacked.
_AGENTS_OWN = {
    "text/vcard", "text/x-vcard", "text/directory", "application/pgp-keys", "application/pgp-signature",
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pkcs7-mime",
    "application/x-pkcs7-mime", "application/ms-tnef", "application/vnd.ms-tnef",
}  # fmt: skip


class Outcome(StrEnum):
    """How the processing of a raw mail ended."""

    OPENED = "opened"
    APPENDED = "appended"
    DUPLICATE = "duplicate"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    QUARANTINED = "quarantined"  # as spam, for a virus or beyond a limit: listed, an agent can release it
    MISDIRECTED = "misdirected"  # to no address of our shops: deleted with other raw mails when its time is over
    NO_TICKETS = "no_tickets"  # an agent's answer to a digest or sign-in link; we replied that nobody reads it
    GONE = "gone"  # does not exist: never recorded, so that reconcile finds it if it comes after all


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as it arrived and as it was parsed."""

    notice: MailReceived
    raw: bytes
    mail: InboundMail

    @property
    def failed(self) -> frozenset[str]:
        """The checks it failed: by the notice, or by SES's headers if it was put back on the queue without one."""
        said = {check: self.mail.header(f"X-SES-{check}-Verdict") for check in (SPAM, VIRUS)}
        failed = {check for check, verdict in said.items() if verdict.strip().upper() == "FAIL"}
        results = self.mail.header("Authentication-Results").lower()
        checks = (DMARC,) if self.notice.recipients else (DMARC, SPF, DKIM)
        failed |= {check for check in checks if f"{check}=fail" in results}
        return self.notice.failed | failed

    @property
    def dmarc_passed(self) -> bool:
        """Whether its sender's domain authenticates it. Only the notice counts, because the sender could have written
        such a header; and only if the authenticated domain can be no other than the sender's."""
        named = self.mail.naming in (Naming.SOLE, Naming.SENT_FOR)
        return named and DMARC in self.notice.passed and DMARC not in self.failed

    @property
    def disowned(self) -> bool:
        """Whether the From's domain disowns the mail: its DMARC policy is to keep such mails from people, or no check
        authenticates the mail. An unknown policy counts as strict."""
        if DMARC in self.failed:
            return self.notice.policy != "none" and "(p=none" not in self.mail.header("Authentication-Results").lower()
        return SPF in self.failed and DKIM not in self.notice.passed and not self.dmarc_passed

    @property
    def source(self) -> Source:
        """Where it came from, as far as that can't be forged: the domain that authenticates the From or the envelope's
        sender; otherwise the host that delivered it to the mail service."""
        sender = self.mail.sender.address if self.mail.sender else ""
        if self.dmarc_passed and sender:
            return Source(domain=domain_of(sender))
        if SPF in self.notice.passed and domain_of(self.notice.sender):
            return Source(domain=domain_of(self.notice.sender))
        handed = _HANDED_OVER.match(self.mail.header("Received")[:1000])
        return Source(network(handed[1]) if handed else "")

    @property
    def recipients(self) -> tuple[str, ...]:
        """The envelope's recipients. Without an envelope: the address for which the mail service says it accepted the
        mail, and every recipient that the mail names."""
        arrived_for = _TAKEN_FOR.findall(self.mail.header("Received")[:2000])
        named = (*arrived_for, *self.mail.recipients, *(a.address for a in (*self.mail.to, *self.mail.cc)))
        return self.notice.recipients or named


def read(notice: MailReceived, raw: bytes) -> RawMail:
    """The parsed mail. If parsing fails, the mail is kept and shown as unreadable."""
    # Importing the parser takes a tenth of a second, which functions that receive no mail should not spend.
    from chalicelib.mail import reading

    try:
        return RawMail(notice, raw, reading.read(raw))
    except Exception:
        logger.exception("a mail could not be read")
        return RawMail(notice, raw, InboundMail())


def unread(notice: MailReceived, raw: bytes) -> RawMail:
    """A mail that is not parsed, except for its first lines."""
    from chalicelib.mail.quoting import first_lines

    return RawMail(notice, raw, first_lines.read(raw))


def bare(mail: RawMail) -> RawMail:
    """A mail that failed again and again, reduced to its sender: the rest is only in the original."""
    full = mail.mail
    known = InboundMail(
        message_id=full.message_id,
        sender=full.sender,
        senders=full.senders,
        naming=full.naming,
        reply_to=full.reply_to,
        all_reply_to=full.all_reply_to,
        original_sender=full.original_sender,
        to=full.to,
        automatic=full.automatic,
        no_auto_reply=full.no_auto_reply,
        bounce=full.bounce,
        headers={name: values for name, values in full.headers.items() if name.startswith("x-")},
    )
    return replace(mail, mail=known)


def incoming_files(mail: RawMail) -> list[IncomingFile]:
    """The attachments, unless the mail has a virus; of an unreadable mail, the mail itself too."""
    if VIRUS in mail.failed:
        return []
    original = () if readable(mail) else (IncomingFile("original.eml", "message/rfc822", mail.raw),)
    return [*original, *(_incoming_file(file) for file in mail.mail.attachments)]


def shared_incoming_files(mail: RawMail, ours: Collection[Attachment]) -> list[IncomingFile]:
    """Like `incoming_files`, without the mails of ours among them: for a message that its customer may see."""
    withheld = {each.sha256 for each in ours}
    return [each for each in incoming_files(mail) if not withheld or each.digest not in withheld]


def public_incoming_files(mail: RawMail, ours: Collection[Attachment] = ()) -> list[IncomingFile]:
    """The files of an agent's answer that are meant for the customer: not the agent's vCard and keys, nor the pictures
    in a signature or in the quoted text, nor a mail of ours."""
    meant = (a for a in mail.mail.attachments if a.shown != "old" and not is_agents_own(a))
    return [_incoming_file(file) for file in meant if file not in ours] if VIRUS not in mail.failed else []


def is_agents_own(file: Attachment | IncomingFile) -> bool:
    """Whether an agent's program attached it: a card, a key, or the agent's whole mail once more."""
    return file.content_type in _AGENTS_OWN or file.filename.lower() in ("winmail.dat", "smime.p7m")


def left_out(mail: RawMail) -> list[Attachment]:
    """The pictures of an agent's answer that are not sent on."""
    return [a for a in mail.mail.attachments if a.shown == "old"] if VIRUS not in mail.failed else []


def _incoming_file(file: Attachment) -> IncomingFile:
    """S3 gets the type as a header: a type that can't be a header's value becomes plain bytes."""
    plain = file.content_type.isascii() and file.content_type.isprintable()
    return IncomingFile(file.filename, file.content_type if plain else "application/octet-stream", file.content)


def readable(mail: RawMail) -> bool:
    """Whether the mail's content could be read. A mail with only a subject has nothing below its headers; a mail with
    only files has its content in them; an encrypted mail can't be read."""
    read_as = mail.mail
    if read_as.protection == "encrypted":
        return False
    if read_as.text.strip():
        return _is_text(read_as.text)
    if read_as.attachments:
        return True
    below = mail.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return bool(read_as.subject.strip()) and not below.strip()


def _is_text(text: str) -> bool:
    """Whether a text is words and not other bytes: most of its characters are printable."""
    sample = [c for c in text[:4000] if not c.isspace()]
    odd = sum(not c.isprintable() or c in "\ufffd\ufeff\ufffe\u00ff\u00fe" for c in sample)
    return odd * 4 <= len(sample)
