"""What Aftercare keeps: tickets, their messages, and the change that a rule makes of them.

All are values: a rule returns new ones, the store commits them together or not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from chalicelib.rules.clocks import Clock
from chalicelib.rules.outbox import Outbox


class State(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"  # the shop owes the next word
    WAITING = "waiting"  # answered; the customer may reply
    CLOSED = "closed"
    ASIDE = "aside"  # suspicious or machine-sent: kept and listed, not acknowledged


class Author(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    OTHER = "other"  # somebody who took part without being either


class Visibility(StrEnum):
    """Who may see a message: all parties, or the shop's agents alone."""

    SHARED = "shared"
    INTERNAL = "internal"


class Channel(StrEnum):
    FORM = "form"
    MAIL = "mail"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment, kept under its ticket's prefix. `size` in bytes; `key` in the files bucket."""

    id: str
    filename: str
    content_type: str
    size: int
    key: str


@dataclass(frozen=True, slots=True)
class Message:
    """One contribution to a ticket. `text` holds what its author wrote anew; a text over the bound
    lies whole at `text_key` and `text` is its beginning; `raw_key` leads to the mail as it came."""

    id: str
    ref: str
    at: datetime
    author: Author
    person: Person
    channel: Channel
    text: str
    visibility: Visibility = Visibility.SHARED
    fingerprint: str = ""
    text_key: str | None = None
    files: tuple[File, ...] = ()
    message_id: str | None = None
    raw_key: str | None = None
    automatic: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    outbox: Outbox | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Who did what to a ticket, never with a message's words."""

    at: datetime
    actor: str
    action: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A customer's concern from its opening to its purge. `source` is the digest of what opened it,
    `clocks` the promises made, `link_version` withdraws signed links when raised."""

    ref: str
    shop: str
    kind: str
    state: State
    channel: Channel
    subject: str
    requester: Person
    language: str
    opened_at: datetime
    source: str
    opening: Message
    clocks: tuple[Clock, ...]
    log: tuple[LogEntry, ...] = ()
    topic: str | None = None
    order_number: str | None = None
    suspicions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    terms_accepted: bool = False
    last_message_id: str | None = None
    active_at: datetime | None = None
    closed_at: datetime | None = None
    merged_into: str | None = None
    link_version: int = 1
    outbox: Outbox | None = None
    version: int = 1

    def clock(self, name: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.name == name), None)

    def knows(self, address: str) -> bool:
        """Whether this address takes part in the ticket."""
        return address.lower() in {self.requester.address.lower(), *self.participants}


@dataclass(frozen=True, slots=True)
class SentId:
    """The id the mail service gave one of our mails: it finds the ticket of a reply that names only that, and the
    item (`message`, or the ticket itself) that a report about the mail belongs to."""

    id: str
    ref: str
    at: datetime
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What one step changes. Committed together or not at all, guarded by the versions written."""

    ticket: Ticket | None = None
    messages: tuple[Message, ...] = ()
    log: tuple[LogEntry, ...] = ()
    sent: tuple[SentId, ...] = ()


_Item = TypeVar("_Item", Ticket, Message)


def evolve(item: _Item, **changes: Any) -> _Item:
    """The item's next version; the store refuses it when another became the next version first."""
    return replace(item, version=item.version + 1, **changes)


def met(clocks: Iterable[Clock], name: str, now: datetime) -> tuple[Clock, ...]:
    """The clocks with the named one met at `now`, unless it was met before."""
    return tuple(replace(c, met_at=now) if c.name == name and c.met_at is None else c for c in clocks)
