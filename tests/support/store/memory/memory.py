"""What a store in memory holds, and what each of its ports stands on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from chalicelib.rules.access.absences import Absences
from chalicelib.rules.access.sessions import Session, SignIn
from chalicelib.rules.bells.connections import Connection, Pass
from chalicelib.rules.feedback.said import KeptFeedback
from chalicelib.rules.intake.limits import Bound
from chalicelib.rules.learning.improvements import Improvement
from chalicelib.rules.orders.duties.telling import OutgoingEvent
from chalicelib.rules.orders.order import Order
from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace
from chalicelib.rules.privacy.hash_chain import Logged
from chalicelib.rules.procedure.answers.agreement import Agreement
from chalicelib.rules.record.counting import Leaf
from chalicelib.rules.record.tree import DayRoot
from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, Ticket
from chalicelib.services.ports.events.source_log import Contact, DataRequest, LateOrder, TokenState
from chalicelib.services.ports.exports import Export
from chalicelib.services.ports.learning.tallies import Tallied
from chalicelib.services.ports.mails import Reconciliation, UndeliveredMail
from chalicelib.services.ports.products.published import PublishedAnswer
from chalicelib.services.ports.products.waiting import Back, Waiting
from chalicelib.services.ports.purges import DeletionCertificate
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.ports.tickets import Draft, ItemRef
from chalicelib.services.ports.work import RunMark


@dataclass(eq=False, repr=False)
class Memory:
    """What the ports share, as the real ones share a table. `requests` lists what was asked of it; `before_commit` lets
    a test step in between."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    log: list[tuple[str, LogEntry]] = field(default_factory=list)
    logged: dict[str, list[Logged]] = field(default_factory=dict)
    saved: dict[tuple[str, str], tuple[Draft, datetime]] = field(default_factory=dict)
    words: dict[tuple[str, str], set[SearchHit]] = field(default_factory=dict)
    sent: dict[str, ItemRef] = field(default_factory=dict)
    outcomes: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    flags: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    objected: dict[tuple[str, str], datetime] = field(default_factory=dict)
    agreed: dict[tuple[str, str], Agreement] = field(default_factory=dict)
    losses: dict[str, set[UndeliveredMail]] = field(default_factory=dict)
    reconciled: dict[date, Reconciliation] = field(default_factory=dict)
    sla_counts: dict[tuple[str, date], tuple[int, int]] = field(default_factory=dict)
    digests: dict[tuple[str, str, date], datetime] = field(default_factory=dict)
    mark: RunMark | None = None
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    present_until: dict[tuple[str, str], datetime] = field(default_factory=dict)
    counts: dict[tuple[Bound, str, int], int] = field(default_factory=dict)
    counted: dict[str, frozenset[Bound]] = field(default_factory=dict)
    sign_ins: dict[str, SignIn] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    attempted: set[str] = field(default_factory=set)
    sessions: dict[str, Session] = field(default_factory=dict)
    epochs: dict[str, datetime] = field(default_factory=dict)
    exports: dict[str, Export] = field(default_factory=dict)
    audited: dict[tuple[datetime, str], AuditEvent] = field(default_factory=dict)
    latest: ChainPlace | None = None
    purging: dict[str, Ticket] = field(default_factory=dict)
    certified: dict[str, DeletionCertificate] = field(default_factory=dict)
    contacts: dict[tuple[str, str], Contact] = field(default_factory=dict)
    token_states: dict[tuple[str, str], TokenState] = field(default_factory=dict)
    orders_read: dict[tuple[str, str], datetime] = field(default_factory=dict)
    late: dict[str, set[LateOrder]] = field(default_factory=dict)
    outgoing: dict[str, OutgoingEvent] = field(default_factory=dict)
    order_ids: dict[tuple[str, str, str], str] = field(default_factory=dict)
    data_requested: dict[str, set[DataRequest]] = field(default_factory=dict)
    linked_raw_mails: dict[str, dict[str, datetime]] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    sold: dict[tuple[str, str, str], tuple[int, ...]] = field(default_factory=dict)
    searched: dict[tuple[str, str, str], tuple[int, int, frozenset[int], str]] = field(default_factory=dict)
    said_helped: list[tuple[str, str, date, str, bool]] = field(default_factory=list)
    sla_tallies: dict[tuple[str, date], Counter[str]] = field(default_factory=dict)
    comments: dict[str, set[tuple[datetime, str]]] = field(default_factory=dict)
    leaf_items: dict[tuple[str, date, str], Leaf] = field(default_factory=dict)
    closed_days: dict[tuple[str, date], DayRoot] = field(default_factory=dict)
    feedback: dict[tuple[str, date, str], KeptFeedback] = field(default_factory=dict)
    # By shop, SKU, language and id; None for what was taken back.
    answered: dict[tuple[str, str, str, str], PublishedAnswer | None] = field(default_factory=dict)
    waiting: dict[tuple[str, str, str], Waiting] = field(default_factory=dict)
    told_until: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    back_since: dict[str, Back] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    before_commit: Callable[[Change], None] = lambda change: None
    before_order: Callable[[Order], None] = lambda order: None
    before_sales: Callable[[], None] = lambda: None
    tallied_of: dict[str, Tallied] = field(default_factory=dict)
    ticket_days: dict[tuple[str, date], Counter[str]] = field(default_factory=dict)
    improved: dict[tuple[str, str], Improvement] = field(default_factory=dict)
    away: dict[str, Absences] = field(default_factory=dict)
    away_seen: dict[str, tuple[datetime, Absences]] = field(default_factory=dict)
    passes: dict[str, Pass] = field(default_factory=dict)
    connected: dict[tuple[str, str], Connection] = field(default_factory=dict)
    by_connection: dict[str, Connection] = field(default_factory=dict)
    typed: dict[str, datetime] = field(default_factory=dict)


class Port:
    """A port over this memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def _asked(self, request: Literal["read", "write", "delete"], what: str = "") -> None:
        self._memory.requests.append(f"{request} {what}".rstrip())
