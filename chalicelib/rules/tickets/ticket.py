"""What Aftercare keeps: tickets, their messages, and the change that a rule makes of them.

All are values: a rule returns new ones, the store commits them together or not at all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.tickets.clocks import PROMISES, QUARANTINE, REMEDY, RESOLVE, Clock, Clocks, Promised
from chalicelib.rules.tickets.custody import Custody
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Author, Channel, Event, File, Message, Person, Surface, Visibility
from chalicelib.rules.tickets.outbox import Outbox, wakes_at
from chalicelib.rules.tickets.procedure_facts import (
    Claim,
    Extension,
    FinalAnswer,
    Finding,
    Outcome,
    OwedBy,
    Rating,
    Referral,
    Remedy,
)
from chalicelib.rules.tickets.stated import FLAT
from chalicelib.rules.tickets.suspicions import Suspicion

__all__ = [
    "AFTERCARE",
    "Author",
    "Change",
    "Channel",
    "Event",
    "File",
    "LogEntry",
    "Message",
    "Person",
    "Priority",
    "SentId",
    "SlaCount",
    "State",
    "Surface",
    "Ticket",
    "Visibility",
    "doubted",
    "evolve",
    "highest",
    "kept",
    "next_step",
    "promises",
    "standing",
]  # fmt: skip

AFTERCARE = "aftercare"
"""Who did what the log says when nobody did it by hand."""
OWED = "owed"
"""The inbox's list of closed tickets whose remedy is still to come."""


class State(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"  # the shop owes the next word
    WAITING = "waiting"  # answered; the customer may reply
    REFERRED = "referred"  # a third party was asked, and its answer is waited for
    CLOSED = "closed"
    QUARANTINED = "quarantine"  # suspicious or machine-sent: kept and listed, not acknowledged


class Priority(StrEnum):
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


_RANK = (Priority.NORMAL, Priority.HIGH, Priority.URGENT)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Who did what to a ticket, never with a message's words."""

    at: datetime
    actor: str
    action: Action
    detail: str = ""
    at_console: bool = False
    """Whether it was done at the console, where an admin names the agent who acts."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A customer's concern from its opening to its purge. `source` is the digest of what opened it,
    `clocks` the promises made, `link_version` withdraws signed links when raised."""

    ref: str
    shop: str
    kind: str
    state: State
    channel: Channel | Surface
    subject: str
    requester: Person
    language: str
    opened_at: datetime
    source: str
    opening: Message
    clocks: Clocks
    log: tuple[LogEntry, ...] = ()
    topic: str | None = None
    order_number: str | None = None
    suspicions: tuple[Suspicion, ...] = ()
    related: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    terms_accepted: bool = False
    last_message_id: str | None = None
    active_at: datetime | None = None
    closed_at: datetime | None = None
    merged_into: str | None = None
    """The ticket that this one's conversation has joined."""
    merged_from: tuple[str, ...] = ()
    """The tickets whose conversations have joined this one, theirs included."""
    link_version: int = 1
    unconfirmed: bool = False
    """Not yet proven is that whoever wrote reads the mails to the customer's address: by a link that stood in one, by
    answering one, or by their mail's domain, which vouches for them."""
    poster: str = ""
    """Where the form that opened it was posted from (blinded): posted again from elsewhere it yields no link."""
    promised: tuple[Promised, ...] = ()
    """What was promised to whoever posted that form. What was made of it since is the customer's to know."""
    told_by: str = ""
    """The message whose mail told agents of new words last, or is to; and when (rules.delivery.spacing)."""
    told_at: datetime | None = None
    country: str | None = None
    """Where the customer lives (ISO 3166), if they said so."""
    assignee: str | None = None
    priority: Priority = Priority.NORMAL
    claim: Claim | None = None
    extensions: tuple[Extension, ...] = ()
    referrals: tuple[Referral, ...] = ()
    finding: Finding | None = None
    remedy: Remedy | None = None
    final_answer: FinalAnswer | None = None
    outcome: Outcome | None = None
    rating: Rating | None = None
    """What its customer said of how it was dealt with; it stays when the ticket is opened again."""
    tags: tuple[str, ...] = ()
    identity_confirmed_at: datetime | None = None
    """When a data request was confirmed by the link sent to its customer's address."""
    outbox: Outbox | None = None
    custody: Custody = field(default=Custody(), metadata=FLAT)
    version: int = 1
    was: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    """The digest of what it was made from, as the table had it (rules.privacy.hash_chain.as_read). Not kept."""

    def clock(self, name: str) -> Clock | None:
        return self.clocks.named(name)

    @property
    def log_head(self) -> str:
        """As a message's own (rules.privacy.hash_chain)."""
        return self.custody.log_head

    @property
    def proven(self) -> bool:
        """Whether it is known to be of whose address it bears. What agents logged they answer for themselves."""
        written = self.channel in (Channel.FORM, Channel.MAIL) and self.requester.address
        return not (self.unconfirmed and written)

    def knows(self, address: str) -> bool:
        """Whether this address takes part in the ticket. Nobody's address never does."""
        return bool(address) and canonical(address) in map(canonical, (self.requester.address, *self.participants))


@dataclass(frozen=True, slots=True)
class SentId:
    """The id the mail service gave one of our mails: it finds the ticket of a reply that names only that, and the
    item (`message`, or the ticket itself) that a report about the mail belongs to."""

    id: str
    ref: str
    at: datetime
    message: str | None = None


@dataclass(frozen=True, slots=True)
class SlaCount:
    """Promises to customers kept and missed, added to what the shop's day has already: for the digest."""

    shop: str
    at: datetime
    kept: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What one step changes. Committed together or not at all, guarded by the versions written. `also`: the other
    tickets it changes or opens; the log says the same of each ticket."""

    ticket: Ticket | None = None
    messages: tuple[Message, ...] = ()
    log: tuple[LogEntry, ...] = ()
    sent: tuple[SentId, ...] = ()
    sla_counts: tuple[SlaCount, ...] = ()
    also: tuple[Ticket, ...] = ()


_Item = TypeVar("_Item", Ticket, Message)


def evolve(item: _Item, **changes: Any) -> _Item:
    """The item's next version; the store refuses it when another became the next version first."""
    return replace(item, version=item.version + 1, **changes)


def highest(*priorities: Priority) -> Priority:
    return max(priorities, key=_RANK.index)


def standing(ticket: Ticket) -> Clocks:
    """The clocks that count. What is quarantined waits for a person, and all that would be promised waits with it: only
    how long it waits counts, until somebody takes it for genuine."""
    return ticket.clocks.only(QUARANTINE) if ticket.state is State.QUARANTINED else ticket.clocks


def doubted(ticket: Ticket) -> bool:
    """Whether nobody has taken it for genuine: it is quarantined, or was until it was closed as spam."""
    return ticket.state is State.QUARANTINED or ticket.outcome is Outcome.SPAM


def as_promised(ticket: Ticket) -> tuple[Clock, ...]:
    """The clocks of what was promised to whoever posted the form that opened it, as they were set."""
    return tuple(Clock(told.name, told.period, ticket.opened_at, told.due) for told in ticket.promised)


def promises(ticket: Ticket) -> Clocks:
    """What the customer is promised: the one answer for lists, pages and mails."""
    return _promised(ticket, standing(ticket))


def _promised(ticket: Ticket, clocks: Clocks) -> Clocks:
    """Those of the clocks that are promises to the customer. A remedy that is theirs to see to is none of ours."""
    theirs = ticket.remedy is not None and ticket.remedy.owed_by is OwedBy.CUSTOMER
    return clocks.only(*PROMISES).without(*([REMEDY] if theirs else []))


def kept(ticket: Ticket, names: Iterable[str], now: datetime) -> tuple[SlaCount, ...]:
    """What meeting these clocks now adds to the SLA counter. One that is overdue was counted when it fell due. That to
    resolve counts when the ticket ends: of the answers that met it before, any could have been the last."""
    ends = (RESOLVE,) if ticket.state is not State.CLOSED else ()
    open_clocks = [
        clock for clock in _promised(ticket, ticket.clocks).only(*names) if clock.met_at is None or clock.name in ends
    ]
    on_time = sum(not clock.late(now) for clock in open_clocks)
    missed = sum(clock.late(now) and clock.stage(now) == "due" for clock in open_clocks)
    return (SlaCount(ticket.shop, now, on_time, missed),) if on_time or missed else ()


def next_step(ticket: Ticket) -> datetime | None:
    """When the due-work index has something to do for the ticket: a mail it owes or a promise's step."""
    steps = [standing(ticket).next_step, wakes_at(ticket.outbox)]
    return min((step for step in steps if step), default=None)
