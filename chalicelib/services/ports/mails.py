"""Mails: sending them, the events about them, and the outcomes of mails that arrived. Also text messages (SMS)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from chalicelib.services.ports.tickets import ItemRef

PENDING = "pending"


@dataclass(frozen=True, slots=True)
class MailReceived:
    """The mail service's message that a raw mail was stored at `key`: for which addresses it was accepted, and which
    checks it failed and passed. `received`: how often the queue has delivered this message; `attempt`: how often we
    have tried to read the mail, both from 1. `sender`: the envelope's sender; `policy`: the policy of the sender's
    domain for mail that fails DMARC, if known."""

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
    """The mail service's confirmation that it accepted a mail: the item that owed it, its purpose, its recipient, and
    its id."""

    due: ItemRef
    purpose: str
    to: str
    ses_id: str


@dataclass(frozen=True, slots=True)
class UndeliveredMail:
    """A mail of ours to a customer or third party that did not arrive: its ticket, its purpose, its status (values of
    rules.tickets.outbox.Purpose and DeliveryStatus), and when we learned of it."""

    ref: str
    purpose: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CountedHour:
    """An hour that is over and was counted: how many of its mails have which outcome, and the keys of those that had
    none."""

    outcomes: Mapping[str, int]
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How many mails a day brought, and their outcomes; a mail without an outcome yet is PENDING. `hours`: those of its
    hours (0 to 23, UTC) that were counted."""

    day: date
    received: int
    outcomes: Mapping[str, int]
    hours: Mapping[int, CountedHour] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        return self.outcomes.get(PENDING, 0)


class TextMessages(Protocol):
    def send(self, number: str, text: str, identity: str, price: int, life: timedelta) -> str:
        """Send a text message once and return its id. `number`: as E.164 writes it; `identity`: what it comes from;
        `price`: what one part may cost, in US cents; `life`: how long a phone that is off may get it later. Raises
        NotSent; after `unanswered` it may have been sent."""


class Mailer(Protocol):
    def send(self, sender: str, recipient: str, raw: bytes, tags: Mapping[str, str]) -> str:
        """Send a mail; returns the mail service's id for it. Its events about the mail carry the tags. Raises
        NotSent."""


class Threads(Protocol):
    """Finds the ticket to which a mail of ours belongs."""

    def ref_of_sent(self, ids: Iterable[str]) -> str | None:
        """The ticket of the first of these ids that the mail service gave to a mail of ours."""

    def item_of_sent(self, id: str) -> ItemRef | None:
        """The ticket or message that owed the mail with this id of the mail service."""


class Suppressions(Protocol):
    """Who gets no automatic mail for a time: addresses that bounced or complained, and agents who were already mailed
    about a picture."""

    def suppress(self, key: str, why: str, until: datetime) -> None:
        """Record for a time that something gets no automatic mail: an address, or an agent about a picture. The key is
        blinded."""

    def is_suppressed(self, key: str, now: datetime) -> bool: ...


class Objections(Protocol):
    """Who has objected to a shop's adverts."""

    def note_objection(self, shop: str, key: str, at: datetime) -> None:
        """Record the objection of a (blinded) mailbox, for good; the first record stays, unless it was taken back."""

    def lift_objection(self, shop: str, key: str, at: datetime, ref: str) -> None:
        """Record that the objection was taken back, and in which ticket; without an objection, nothing changes."""

    def objected_at(self, shop: str, key: str) -> datetime | None:
        """When this mailbox objected; None if it has not, or has taken it back."""


class Undeliverable(Protocol):
    """The mails of ours that did not arrive."""

    def note_undeliverable(self, shop: str, undelivered: UndeliveredMail) -> None:
        """Put a mail on the shop's list of undelivered mails, for a while. Repeating it changes nothing."""

    def undelivered(self, shop: str, limit: int) -> list[UndeliveredMail]:
        """The shop's newest `limit` undelivered mails, newest first, in one request."""


class MailLog(Protocol):
    """The outcomes of mails that arrived, and of events: both are raw, and have a key."""

    def note_outcome(self, raw_key: str, outcome: str, ref: str | None, now: datetime) -> None:
        """Record the outcome of a raw mail; the first record stays."""

    def note_attempt(self, raw_key: str, now: datetime) -> int:
        """Count one more attempt to read a raw mail that has no outcome yet; returns the number of attempts, this one
        included."""

    def forget_attempts(self, raw_key: str) -> None:
        """Count from none again: the run that was counted last has lived."""

    def outcomes_of(self, raw_keys: Iterable[str]) -> dict[str, str]:
        """The recorded outcomes of these raw mails, by key; those without one are left out."""

    def note_reconciliation(self, reconciliation: Reconciliation) -> None:
        """Record a day's reconciliation; a later one replaces it."""

    def reconciliations(self, since: date, until: date) -> list[Reconciliation]:
        """The recorded reconciliations of these days, both included, in order."""
