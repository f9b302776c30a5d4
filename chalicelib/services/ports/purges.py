"""Permanent deletion: a ticket's whole partition, the items that point to it, and the certificates of the deletion. And
the audit trail: what admins did. Both are evidence, which no function deletes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace
from chalicelib.rules.privacy.hash_chain import Logged
from chalicelib.rules.tickets.ticket import Message, Ticket


@dataclass(frozen=True, slots=True)
class TicketPartition:
    """All that the table holds of one ticket: the ticket, even while it is being purged, its messages, its log, the
    number of drafts, and the raw mails that concern it without being its messages. Files are not included."""

    ticket: Ticket
    messages: tuple[Message, ...]
    log: tuple[Logged, ...]
    drafts: int = 0
    raw_keys: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    """Items that are not in the form that Aftercare writes: the ticket (""), messages by their ids, log entries by
    their keys. Log entries that can't be read are listed only here."""


@dataclass(frozen=True, slots=True)
class Pointers:
    """Items elsewhere in the table that point to a ticket: the mail service's ids of sent mails, outcomes of raw mails,
    and its (blinded) words in the search index. `lost`: whether the list of undelivered mails may contain the
    ticket."""

    shop: str
    ref: str
    opened_at: datetime
    sent: tuple[str, ...] = ()
    raw_keys: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    undelivered_mail: bool = False

    @property
    def number(self) -> int:
        return len(self.sent) + len(self.raw_keys) + len(self.words)


@dataclass(frozen=True, slots=True)
class DeletionCertificate:
    """The proof that something was deleted; it contains nothing personal. `id` and `month` are its key, `subject` is
    the blinded name of what was deleted. `rule`, `kind`, `outcome` and `period` give the reason for the time of the
    deletion; `heads` is the digest of the logs' heads. Only an erasure sets `kept` and `anonymised`."""

    month: str
    id: str
    shop: str
    rule: str
    subject: str
    begun_at: datetime
    kind: str = ""
    outcome: str = ""
    period: str = ""
    tickets: int = 0
    messages: int = 0
    files: int = 0
    bytes: int = 0
    entries: int = 0
    pointers: int = 0
    heads: str = ""
    anonymised: int = 0
    kept: int = 0
    done_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name by which a ticket refers to the certificate of its purge."""
        return f"{self.month}/{self.id}"


class Purges(Protocol):
    """Deletes tickets in steps, so that another run can finish what one began."""

    def ticket_partition(self, ref: str) -> TicketPartition | None:
        """Everything stored of a ticket, even if its purge has begun. Raises Unreadable if the ticket or a message was
        altered and can't be read any more, or if the ticket is gone but other items of it remain."""

    def marked(self, ref: str) -> str:
        """The name of the certificate of the ticket's purge; "" if no purge has begun or the ticket is gone."""

    def link_raw_mail(self, ref: str, raw_key: str, until: datetime) -> None:
        """Record until `until` that a raw mail concerns a ticket without being a message of it."""

    def begin_purge(self, certificate: DeletionCertificate, tickets: Sequence[Ticket]) -> bool:
        """Write the certificate and mark these next versions of tickets, in one request. From then on only the purge
        sees the tickets. False if one of them has changed since it was read, or the certificate exists."""

    def certificate(self, name: str) -> DeletionCertificate | None: ...

    def put_certificate(self, certificate: DeletionCertificate) -> None:
        """Store a certificate that belongs to no purge of tickets; an existing one stays."""

    def finish_certificate(self, name: str, now: datetime) -> None:
        """Record when the deletion was done; the first record stays."""

    def delete_pointers(self, pointers: Pointers) -> None: ...

    def clear_partition(self, ref: str) -> None:
        """Delete everything of a ticket except the ticket itself."""

    def end_purge(self, name: str, refs: Sequence[str], now: datetime) -> bool:
        """Delete the tickets marked with this certificate and finish it, in one request. False if that was done
        before."""


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """An item in the audit trail that is no audit event, or not one in the form that Aftercare writes."""

    place: str


class AuditLog(Protocol):
    """A hash chain of audit events."""

    def latest_audit_event(self) -> ChainPlace | None:
        """The end of the audit trail. If somebody altered it, returns the parts that can still be read, so that the
        trail can continue."""

    def note_audit_event(self, audit_event: AuditEvent) -> bool:
        """Append the event to the trail after the one it follows, in one request; False if another event came first."""

    def audit_events(self, since: date, until: date) -> Iterator[AuditEvent | UnreadableEvent]:
        """The events of these days (UTC), both included, in order, read page by page."""
