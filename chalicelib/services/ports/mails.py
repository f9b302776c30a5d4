"""Mails: handing them over, what is heard of them, and what came of those that arrived."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.services.ports.tickets import ItemRef


@dataclass(frozen=True, slots=True)
class MailReceived:
    """The mail service's word that a raw mail lies at `key`, for which addresses it took it, and which of its checks
    the mail failed and passed. `received`: how often the queue has handed it out; `attempt`: how often we have tried,
    both from 1. `sender`: the envelope's; `policy`: what its domain asks for where DMARC fails, if that is told."""

    key: str
    recipients: tuple[str, ...]
    failed: frozenset[str] = frozenset()
    attempt: int = 1
    passed: frozenset[str] = frozenset()
    received: int = 1
    sender: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class SendConfirmation:
    """The mail service's word that it took a mail: whose, which, to whom, and its id."""

    due: ItemRef
    purpose: str
    to: str
    ses_id: str


@dataclass(frozen=True, slots=True)
class UndeliveredMail:
    """A mail of ours to a customer or third party that did not arrive: of which ticket, which mail, what became of it
    (values of rules.tickets.outbox.Purpose and DeliveryStatus), and when that was heard of."""

    ref: str
    purpose: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How many mails a day brought, and what became of them; without an outcome yet they are "pending"."""

    day: date
    received: int
    outcomes: Mapping[str, int]


class Mailer(Protocol):
    def send(self, sender: str, recipient: str, raw: bytes, tags: Mapping[str, str]) -> str:
        """Hand a mail over; the mail service's id for it. Its events about the mail bring the tags. Raises NotSent."""


class Threads(Protocol):
    """Which ticket a mail of ours belongs to."""

    def ref_of_sent(self, ids: Iterable[str]) -> str | None:
        """The ticket of the first of these ids that the mail service gave to a mail of ours."""

    def item_of_sent(self, id: str) -> ItemRef | None:
        """The ticket or message that owed the mail the mail service gave this id."""


class Suppressions(Protocol):
    """What gets no automatic mail for a time: addresses that bounced or complained; agents, about a picture that they
    were told of."""

    def suppress(self, key: str, why: str, until: datetime) -> None:
        """Remember for a time what gets nothing automatic: an address, or an agent about a picture, by a key that
        names nobody."""

    def is_suppressed(self, key: str, now: datetime) -> bool: ...


class Undeliverable(Protocol):
    """The mails of ours that did not arrive."""

    def note_undeliverable(self, shop: str, undelivered: UndeliveredMail) -> None:
        """Put a mail on the shop's list of those that did not arrive, for a while; again, it changes nothing."""

    def undelivered(self, shop: str, limit: int) -> list[UndeliveredMail]:
        """The shop's mails that did not arrive, the newest `most`, newest first, in one request."""


class MailLog(Protocol):
    """What became of the mails that came."""

    def note_outcome(self, raw_key: str, outcome: str, ref: str | None, now: datetime) -> None:
        """Record what became of a raw mail; the first record stays."""

    def note_attempt(self, raw_key: str, now: datetime) -> int:
        """Count that a raw mail without an outcome is being read; how often it was, this time included."""

    def outcomes_of(self, raw_keys: Iterable[str]) -> dict[str, str]:
        """The recorded outcomes of these raw mails, by key; those without one are left out."""

    def note_reconciliation(self, day: date, received: int, outcomes: Mapping[str, int]) -> None:
        """Write down how many mails a day brought and what became of them; later counts replace earlier ones."""

    def reconciliations(self, since: date, until: date) -> list[Reconciliation]:
        """Those that were written down of these days, both included, in order."""
