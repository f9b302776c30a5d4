"""What a mail says once read: the values `reading.read` returns.
Plain data, frozen; nothing here parses anything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Protection = Literal["signed", "encrypted"]
Shown = Literal["new", "old"]


class Naming(StrEnum):
    """How surely a mail names whom it is from, surest first."""

    SOLE = "sole"  # one From field, one mailbox in it, as the standard writes it
    SENT_FOR = "sent_for"  # the same, and a Sender of another domain
    LOOSE = "loose"  # one address, but not as the standard writes it
    UNCLEAR = "unclear"  # nobody, several, or what another program could read as somebody else


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
    """Where the HTML shows this picture: in what is new, or in a signature or history; None where it does not."""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report that a mail was not (or not yet) delivered."""

    recipients: tuple[str, ...]
    status: str | None
    """RFC 3463 code such as "5.1.1", or None where the report gives none."""
    permanent: bool
    original_message_id: str | None
    reason: str = ""
    """The sentence the remote server gave, for a person to read."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A message found inside this one, under its own headers.

    Mail clients write the same header block above what they forward and above what they answer;
    `certain` is true where something says "forwarded": a marker line, a subject prefix or an attached message."""

    sender: Address | None
    subject: str
    date: datetime | None
    text: str
    note: str
    certain: bool = False
    reply_to: Address | None = None
    """Where it asks to be answered: form plugins put the customer there."""
    original_sender: Address | None = None
    """Who wrote to the group or relay that it came by (X-Original-From)."""


@dataclass(frozen=True, slots=True)
class InboundMail:
    """Everything Aftercare knows of one mail. Ids are without angle brackets, times are aware.

    `reply` is what the sender newly wrote, `quoted` the history below or around it, `signature` what was set apart
    at the end; `text` is all of it. `new` is what is new and nothing else: it may be empty, which `reply` never is
    where there is text. `automatic` lists why a machine wrote this: empty means a person did. `no_auto_reply` lists why
    it must not be answered automatically, though a person may have written it (RFC 3834)."""

    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    sender: Address | None = None
    senders: tuple[Address, ...] = ()
    """Every mailbox of every From field, in order; `sender` is the one that counts."""
    naming: Naming = Naming.UNCLEAR
    reply_to: Address | None = None
    original_sender: Address | None = None
    """Who wrote to the group or relay that passed this on (X-Original-From, X-Original-Sender)."""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    recipients: tuple[str, ...] = ()
    """Addresses the delivery headers name (Delivered-To, X-Original-To …); the envelope knows better."""
    subject: str = ""
    text: str = ""
    html: str | None = None
    safe_html: str | None = None
    reply: str = ""
    new: str = ""
    quoted: str = ""
    signature: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: tuple[str, ...] = ()
    no_auto_reply: tuple[str, ...] = ()
    bounce: Bounce | None = None
    forwarded: Forwarded | None = None
    answered: Forwarded | None = None
    """The mail that this one answers, where it is quoted below an attribution; none where one is forwarded."""
    defects: tuple[str, ...] = ()
    protection: Protection | None = None
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Decoded header values by lower-case name, in order of appearance."""

    def header(self, name: str) -> str:
        """The first value of a header, "" if absent."""
        values = self.headers.get(name.lower())
        return values[0] if values else ""
