"""What Aftercare stores: tickets, their messages, and the change that a rule makes to them.

All are values: a rule returns new ones, and the store commits them together or not at all.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from chalicelib.rules.documents.accepted import AcceptedTerms
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.record.counting import Finished, SlaCount, Tally
from chalicelib.rules.tickets.clocks import (
    PROMISES,
    QUARANTINE,
    READ,
    REMEDIES,
    REMEDY,
    RESOLVE,
    Clock,
    Clocks,
    Promised,
)
from chalicelib.rules.tickets.custody import Custody
from chalicelib.rules.tickets.log import Action, Detail, details_as_text
from chalicelib.rules.tickets.messages import (
    Author,
    Channel,
    Event,
    File,
    Message,
    Person,
    Reached,
    Surface,
    Visibility,
)
from chalicelib.rules.tickets.outbox import Outbox, wakes_at
from chalicelib.rules.tickets.procedure_facts import (
    AdvertFacts,
    CallBack,
    Chat,
    Claim,
    Extension,
    FinalAnswer,
    Finding,
    HeldAnswer,
    Outcome,
    OwedBy,
    Publication,
    Rating,
    Referral,
    Remedy,
    Withdrawal,
    WithdrawnRating,
)
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.stated import FLAT

__all__ = [
    "AFTERCARE",
    "ONCE",
    "Author",
    "Change",
    "Channel",
    "Event",
    "File",
    "Hold",
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
    "active_clocks",
    "doubted",
    "evolve",
    "highest",
    "kept",
    "next_step",
    "owed",
    "promises",
]  # fmt: skip

AFTERCARE = "aftercare"
"""The log's actor for what no person did."""
ONCE = "-"
"""Instead of a ticket in `Hold.instead_of`."""
OWED = "owed"
"""The inbox's list of closed tickets with a remedy that is not done yet."""


class State(StrEnum):
    """The state of a ticket."""

    OPEN = "open"  # the shop owes the next word
    WAITING = "waiting"  # answered; the customer may reply
    REFERRED = "referred"  # a third party was asked and has not answered yet
    CLOSED = "closed"
    QUARANTINED = "quarantine"  # suspicious or sent by a machine: stored and listed, not acknowledged


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
    details: tuple[Detail, ...] = ()
    at_console: bool = False
    """Whether it was done at the console, where an admin names the acting agent."""

    @property
    def detail(self) -> str:
        """The details for machines, as in exports."""
        return details_as_text(self.details)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A customer's concern from its opening to its purge. `source`: the digest of what opened it. `clocks`: the
    promises made. A higher `link_version` withdraws the signed links issued before."""

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
    """The ticket into which this one was merged."""
    merged_from: tuple[str, ...] = ()
    """The tickets that were merged into this one, with those merged into them before."""
    link_version: int = 1
    unconfirmed: bool = False
    """Whether it is not yet proven that the writer reads mail to the customer's address. Proof is a link from such a
    mail, an answer to one, or a mail from a domain that vouches for its sender."""
    poster: str = ""
    """The (blinded) source of the form that opened it. The same form posted from elsewhere yields no link."""
    promised: tuple[Promised, ...] = ()
    """What the person who posted that form was promised. Only the customer may see how the promises changed later."""
    told_by: str = ""
    """The message with the last mail that notifies agents of new words, sent or still owed; `told_at` is its time
    (rules.delivery.spacing)."""
    told_at: datetime | None = None
    country: str | None = None
    """The country where the customer lives (ISO 3166), if the customer said so."""
    assignee: str | None = None
    priority: Priority = Priority.NORMAL
    claim: Claim | None = None
    withdrawal: Withdrawal | None = None
    extensions: tuple[Extension, ...] = ()
    referrals: tuple[Referral, ...] = ()
    finding: Finding | None = None
    remedy: Remedy | None = None
    final_answer: FinalAnswer | None = None
    held_answer: HeldAnswer | None = None
    """What an agent wrote to the customer and what has not left yet: one at a time."""
    written_since: datetime | None = None
    """When the shop's turn began again while an answer was under way: when the customer first wrote after it was
    written. Of an earlier answer if it is before that (rules.procedure.concluding.turned)."""
    outcome: Outcome | None = None
    rating: Rating | None = None
    """The customer's rating of the handling; it stays when the ticket is reopened."""
    rating_withdrawn: WithdrawnRating | None = None
    """That the customer took a rating back, if there is none since."""
    publication: Publication | None = None
    """A question about a product with its answer that the customer was asked to have published, the latest."""
    expenses_claimed_at: datetime | None = None
    """When the customer claimed what the matter cost them: they can once."""
    adverts: AdvertFacts | None = None
    """What the form said about adverts. None for a mail: it shows no notice, and asks for no consent."""
    tags: tuple[str, ...] = ()
    identity_confirmed_at: datetime | None = None
    """When a data request was confirmed by the link mailed to the customer's address."""
    call: CallBack | None = None
    chat: Chat | None = None
    reached: Reached | None = None
    """None for a customer who did not write by a messenger."""
    terms: AcceptedTerms | None = None
    """The terms that the form asked to accept, if its box was ticked (`terms_accepted`)."""
    outbox: Outbox | None = None
    custody: Custody = field(default=Custody(), metadata=FLAT)
    version: int = 1
    was: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    """Returns the digest of the stored version from which this one was made (rules.privacy.hash_chain.as_read). Not
    stored."""

    def clock(self, name: str) -> Clock | None:
        return self.clocks.named(name)

    @property
    def log_head(self) -> str:
        """The same as on a message (rules.privacy.hash_chain)."""
        return self.custody.log_head

    @property
    def proven(self) -> bool:
        """Whether the ticket is known to come from the owner of the requester's address. Agents vouch for what they
        log."""
        # A customer asks for a call, and begins a chat, by a form.
        written = (self.channel in (Channel.FORM, Channel.MAIL) or self.call or self.chat) and self.requester.address
        return not (self.unconfirmed and written)

    @property
    def customers(self) -> tuple[str, ...]:
        """The addresses of the customer: the one that answers go to, or their telephone numbers'; and others of a
        messenger's user."""
        handles = (self.reached.by, self.reached.also) if self.reached else ()
        return tuple(each for each in (*self.requester.known_by, *handles) if each)

    @property
    def listed_by(self) -> str:
        """The address in whose list of tickets it is; "" if its customer is nobody."""
        return next(iter(self.requester.known_by), "")

    def knows(self, address: str) -> bool:
        """Whether this address takes part in the ticket. An empty address never does."""
        return bool(address) and canonical(address) in map(canonical, (self.requester.address, *self.participants))


@dataclass(frozen=True, slots=True)
class SentId:
    """The mail service's id for one of our mails. It leads from a reply that names only that id to the ticket, and from
    an event about the mail to the item it belongs to (`message`, or the ticket itself)."""

    id: str
    ref: str
    at: datetime
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A place that only one ticket can have, such as one of the calls in a half hour. `until`: the store forgets it
    then. `instead_of`: the ticket from which it is taken over, because that has no more right to it; ONCE if nobody may
    have it, not even this ticket."""

    id: str
    until: datetime
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What one action changes. It is committed as a whole or not at all; each version written must still be current.
    `also`: the other tickets it changes or opens; each gets the same log entries.
    `tallies`: what else is counted on a day."""

    ticket: Ticket | None = None
    messages: tuple[Message, ...] = ()
    log: tuple[LogEntry, ...] = ()
    sent: tuple[SentId, ...] = ()
    sla_counts: tuple[SlaCount, ...] = ()
    also: tuple[Ticket, ...] = ()
    tallies: tuple[Tally, ...] = ()
    holds: tuple[Hold, ...] = ()
    """The places that `ticket` takes."""


_Item = TypeVar("_Item", Ticket, Message)


def evolve(item: _Item, **changes: Any) -> _Item:
    """The item's next version. The store refuses it if another writer has stored that version first."""
    return replace(item, version=item.version + 1, **changes)


def highest(*priorities: Priority) -> Priority:
    return max(priorities, key=_RANK.index)


def active_clocks(ticket: Ticket) -> Clocks:
    """The clocks that count. While a ticket is quarantined, its promises are suspended and only the shop's own clocks
    of the quarantine and of a second reader count, until an agent releases it."""
    return ticket.clocks.only(QUARANTINE, READ) if ticket.state is State.QUARANTINED else ticket.clocks


def doubted(ticket: Ticket) -> bool:
    """Whether nobody has found it genuine: it is quarantined, or was quarantined and then closed as spam."""
    return ticket.state is State.QUARANTINED or ticket.outcome is Outcome.SPAM


def as_promised(ticket: Ticket) -> tuple[Clock, ...]:
    """The clocks of what was promised to the person who posted the opening form, as they were set then."""
    return tuple(Clock(promise.name, promise.period, ticket.opened_at, promise.due) for promise in ticket.promised)


def promises(ticket: Ticket) -> Clocks:
    """The promises to the customer: lists, pages and mails all use this function."""
    return _promised(ticket, active_clocks(ticket))


def owed(ticket: Ticket) -> Clock | None:
    """The clock of the remedy, or of the refund after a withdrawal, that is not done yet; None if nothing is owed."""
    return next(iter(ticket.clocks.only(*REMEDIES).unmet), None)


def _promised(ticket: Ticket, clocks: Clocks) -> Clocks:
    """The clocks that are promises to the customer. A remedy that the customer owes is not one."""
    owed_by_customer = ticket.remedy is not None and ticket.remedy.owed_by is OwedBy.CUSTOMER
    return clocks.only(*PROMISES).without(*([REMEDY] if owed_by_customer else []))


def kept(ticket: Ticket, names: Iterable[str], now: datetime, written: datetime | None = None) -> tuple[SlaCount, ...]:
    """What meeting these clocks now adds to the SLA counters. An overdue clock is counted here only if its "due" step
    has not counted it yet. The clock to resolve counts when the ticket ends, even if it was met before: any of the
    answers could have been the last. `written`: as for Clocks.meet."""
    ends = (RESOLVE,) if ticket.state is not State.CLOSED else ()
    known = ticket.clocks.set_by_then(written) if written else ticket.clocks
    open_clocks = [
        clock for clock in _promised(ticket, known).only(*names) if clock.met_at is None or clock.name in ends
    ]
    late = [clock for clock in open_clocks if clock.late(now)]
    on_time = [clock for clock in open_clocks if clock not in late]
    return sla_count(ticket, on_time, [clock for clock in late if clock.stage(now) == "due"], now)


def sla_count(ticket: Ticket, on_time: Iterable[Clock], missed: Iterable[Clock], now: datetime) -> tuple[SlaCount, ...]:
    """These promises as kept and missed now; nothing if there are none."""
    finished = (*_finished(ticket, on_time, kept=True), *_finished(ticket, missed, kept=False))
    number = sum(each.kept for each in finished)
    return (SlaCount(ticket.shop, now, number, len(finished) - number, finished),) if finished else ()


def _finished(ticket: Ticket, clocks: Iterable[Clock], *, kept: bool) -> Iterator[Finished]:
    return (Finished(ticket.ref, ticket.kind, clock.name, clock.set_at, clock.due, kept) for clock in clocks)


def next_step(ticket: Ticket) -> datetime | None:
    """When the due-work index has something to do for the ticket: a mail it owes, or a step of a promise."""
    steps = [active_clocks(ticket).next_step, wakes_at(ticket.outbox)]
    return min((step for step in steps if step), default=None)
