"""The values that `reading.read` returns: the content of a mail.
Plain frozen data; nothing here parses anything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Protection = Literal["signed", "encrypted"]
Shown = Literal["new", "old"]
MAILS = (".eml", ".emlx", ".msg")
"""How the names of saved mails end."""
_MAIL_TYPES = ("message/rfc822", "message/global", "application/vnd.ms-outlook")
LOOP_HEADER = "X-Aftercare-Loop"
"""Every mail we send has this header. An incoming mail with it may be one of ours that came back."""


class Naming(StrEnum):
    """How surely a mail names its sender, surest first."""

    SOLE = "sole"  # one From field with one mailbox in standard form
    SENT_FOR = "sent_for"  # the same, with a Sender of another domain
    LOOSE = "loose"  # one address, but not in standard form
    UNCLEAR = "unclear"  # no address, several, or one that another program could read differently


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: decoded display name ("" if none) and the address as written."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail. `filename` is safe to use as the last part of a path."""

    filename: str
    content_type: str
    content_id: str | None
    inline: bool
    content: bytes
    shown: Shown | None = None
    """Where the HTML shows this picture: in the new words ("new"), or in a signature or history ("old"); None if
    nowhere."""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def is_mail(self) -> bool:
        return self.content_type in _MAIL_TYPES or self.filename.lower().endswith(MAILS)


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail was not delivered, or not yet."""

    recipients: tuple[str, ...]
    status: str | None
    """RFC 3463 code such as "5.1.1"; None if the report gives none."""
    permanent: bool
    original_message_id: str | None
    reason: str = ""
    """The remote server's explanation, for people to read."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A message found inside this mail, below its own headers.

    Mail clients write the same header block above what they forward and above what they answer. `certain` is true if
    something says "forwarded": a marker line, a subject prefix or an attached message.
    """

    sender: Address | None
    subject: str
    date: datetime | None
    text: str
    note: str
    certain: bool = False
    reply_to: Address | None = None
    """Its Reply-To: form plugins put the customer's address there."""
    original_sender: Address | None = None
    """The original author if a group or relay passed it on (X-Original-From)."""
    all_reply_to: tuple[Address, ...] = ()
    """Every address of its Reply-To, in order; `reply_to` is the first usable one."""
    attached: str = ""
    """The SHA-256 of the file that holds it; "" if it stands in the text."""
    beside: bool = False
    """Another message is forwarded beside it, perhaps somebody else's."""


class MarkCode(StrEnum):
    """What marks a mail as automatic. templates/words has the words for each (`desk.ticket.mark`)."""

    HEADER = "header"  # its value: the header's name, perhaps with what it says
    SENDER = "sender"  # its value: the local part of the address
    OUT_OF_OFFICE_SUBJECT = "out_of_office_subject"
    OUR_LOOP_HEADER = "our_loop_header"
    LOOP_HEADER = "loop_header"
    NULL_RETURN_PATH = "null_return_path"
    MAILING_LIST = "mailing_list"  # its value: the header that says so
    BULK_MAIL = "bulk_mail"  # likewise
    REPORT = "report"  # its value: the type of report, "" if it names none
    DELIVERY_REPORT = "delivery_report"
    REACTION = "reaction"
    CALENDAR_ANSWER = "calendar_answer"
    OUR_OWN_MAIL = "our_own_mail"  # it came back to us


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of automatic mail. `value`: what a program wrote into the mail, such as a header's name."""

    code: MarkCode
    value: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.value}" if self.value else self.code.value


@dataclass(frozen=True, slots=True)
class InboundMail:
    """Everything that Aftercare knows about one mail. Ids are without angle brackets, times are aware.

    `text` is the whole text. `reply` is what the sender newly wrote, `quoted` the history below or around it,
    `signature` what was separated at the end. `new` holds only what is surely new; it may be empty, while `reply` is
    never empty if there is text. `automatic` lists why a machine wrote the mail; empty means that a person did.
    `no_auto_reply` lists why the mail must not be answered automatically, though a person may have written it (RFC
    3834).
    """

    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    sender: Address | None = None
    senders: tuple[Address, ...] = ()
    """Every mailbox of every From field, in order; `sender` is the one that counts."""
    naming: Naming = Naming.UNCLEAR
    reply_to: Address | None = None
    all_reply_to: tuple[Address, ...] = ()
    """Every address of every Reply-To field, in order; `reply_to` is the first usable one."""
    original_sender: Address | None = None
    """The original author if a group or relay passed this mail on (X-Original-From, X-Original-Sender)."""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    recipients: tuple[str, ...] = ()
    """Addresses in the delivery headers (Delivered-To, X-Original-To …); the SMTP envelope is more reliable."""
    subject: str = ""
    text: str = ""
    html: str | None = None
    safe_html: str | None = None
    reply: str = ""
    new: str = ""
    quoted: str = ""
    signature: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: tuple[Mark, ...] = ()
    no_auto_reply: tuple[Mark, ...] = ()
    bounce: Bounce | None = None
    forwarded: Forwarded | None = None
    says_forwarded: bool = False
    """Something says that it forwards a mail: its subject, a program's line, or a mail among its files. That mail may
    nevertheless be unreadable (`forwarded` is None)."""
    answered: Forwarded | None = None
    """The mail that this one answers, if quoted below an attribution. None if this mail forwards one."""
    defects: tuple[str, ...] = ()
    protection: Protection | None = None
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Decoded header values by lower-case name, in order of appearance."""

    def header(self, name: str) -> str:
        """The first value of a header, "" if absent."""
        values = self.headers.get(name.lower())
        return values[0] if values else ""
