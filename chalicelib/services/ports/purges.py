"""What is deleted for good: a ticket's whole partition, what leads to it, and the certificates of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.rules.privacy.hash_chain import Logged
from chalicelib.rules.tickets.ticket import Message, Ticket


@dataclass(frozen=True, slots=True)
class TicketPartition:
    """All that is kept of one ticket but its files: itself, even while it is being purged, its messages, its log, how
    many drafts, and the raw mails that concern it without being messages of it."""

    ticket: Ticket
    messages: tuple[Message, ...]
    log: tuple[Logged, ...]
    drafts: int = 0
    raw_keys: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    """What stands there as Aftercare never wrote it: the ticket (""), messages by their ids, entries by their keys.
    Entries that can't be read are nowhere else."""


@dataclass(frozen=True, slots=True)
class Pointers:
    """What elsewhere in the table leads to a ticket: the mail service's ids of mails sent, outcomes of raw mails, and
    the (blinded) words it can be found by. `lost`: whether it may stand in the list of mails that did not arrive."""

    shop: str
    ref: str
    opened_at: datetime
    sent: tuple[str, ...] = ()
    raw_keys: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    lost: bool = False

    @property
    def number(self) -> int:
        return len(self.sent) + len(self.raw_keys) + len(self.words)


@dataclass(frozen=True, slots=True)
class DeletionCertificate:
    """The proof that something was deleted, with nothing personal in it. `id` and `month` are its key, `subject` what
    it is about, blinded; `rule`, `kind`, `outcome` and `period` say why it was time, `heads` is the digest of the logs'
    heads. `kept` and `anonymised` are an erasure's."""

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
        """How a ticket names the certificate of its purge."""
        return f"{self.month}/{self.id}"


class Purges(Protocol):
    """Deleting tickets, in steps that another run can end."""

    def ticket_partition(self, ref: str) -> TicketPartition | None:
        """All there is of a ticket, also of one whose purge has begun. Raises Unreadable where the ticket or a message
        was altered so that it is none any more, or the ticket is gone and what was of it is not."""

    def marked(self, ref: str) -> str:
        """The certificate of the purge that has begun on a ticket, "" if none has or the ticket is gone."""

    def link_raw_mail(self, ref: str, raw_key: str, until: datetime) -> None:
        """Remember, until then, that a raw mail concerns a ticket without being a message of it."""

    def begin_purge(self, certificate: DeletionCertificate, tickets: Sequence[Ticket]) -> bool:
        """Put the certificate and the mark of these next versions of tickets, which from then on are hidden from
        everything but the purge, in one request. False when one of them has changed since it was read, or the
        certificate is there."""

    def certificate(self, name: str) -> DeletionCertificate | None: ...

    def put_certificate(self, certificate: DeletionCertificate) -> None:
        """Put one that stands for itself; what is there stays."""

    def finish_certificate(self, name: str, now: datetime) -> None:
        """Say when it was done; said again, the first stays."""

    def delete_pointers(self, pointers: Pointers) -> None: ...

    def clear_partition(self, ref: str) -> None:
        """Delete all that is kept of a ticket but the ticket itself."""

    def end_purge(self, name: str, refs: Sequence[str], now: datetime) -> bool:
        """Delete the tickets marked with this certificate and finish it, in one request. False when it was done."""
