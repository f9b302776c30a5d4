"""A fake world: a store, files and a mailer in memory that keep the promises of services.ports.deps, a clock that tests
set, and the mails people write. tests/support/store/contract.py checks what the store promises."""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from chalicelib.errors import NotSent, UnknownFile
from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rules.access.sessions import Session, SignIn
from chalicelib.rules.identity.addressing import same
from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.intake.limits import SLOTS, Bound, Limit, slot
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace
from chalicelib.rules.privacy.hash_chain import Logged, as_read
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.inbox_keys import clock_in_inbox, due_in_inbox, place_in_inbox
from chalicelib.rules.tickets.outbox import wakes_at
from chalicelib.rules.tickets.ticket import (
    Change,
    LogEntry,
    Message,
    State,
    Ticket,
    next_step,
)
from chalicelib.services.ports.audit import UnreadableEvent
from chalicelib.services.ports.conflicts import MessageExists, TicketExists, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.exports import Export
from chalicelib.services.ports.files import Upload
from chalicelib.services.ports.inbox import MAX_TIME, MIN_TIME, Cursor, InboxEntry
from chalicelib.services.ports.mails import Reconciliation, UndeliveredMail
from chalicelib.services.ports.purges import DeletionCertificate, Pointers, TicketPartition
from chalicelib.services.ports.running import QueueDepth
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.ports.tickets import Draft, ItemRef, OtherTicket
from chalicelib.services.ports.work import RunMark
from tests.support import shops


def secret_of(text: str) -> Secret:
    """A secret with one version."""
    return Secret({"1": text.encode()}, "1")


_Item = TypeVar("_Item", Ticket, Message)
SECRET = secret_of("a secret of sixty-four characters, as the stack would generate it")
AUDIT_SECRET = secret_of("another of sixty-four, which is the audit events' and nothing else's here")
PUBLIC_URL = "https://care.example/api"
# A Wednesday morning in Berlin: working time.
START = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
MAX_ITEM = 400 * 1024
MAX_WRITES = 100
MAX_WRITTEN = 4 * 1024 * 1024
LEAST_PART = 5 * 1024 * 1024


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **time: float) -> datetime:
        self.at += timedelta(**time)
        return self.at


class FakeStore:
    """A store in memory. `requests` lists its requests; a test can act between them by `before_commit`."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.log: list[tuple[str, LogEntry]] = []
        self.sent: dict[str, ItemRef] = {}
        self.flags: dict[str, tuple[str, datetime]] = {}
        self.reconciled: dict[date, tuple[int, Mapping[str, int]]] = {}
        self.outcomes: dict[str, tuple[str, str | None]] = {}
        self.attempts: dict[str, int] = {}
        self.sla_counts: dict[tuple[str, date], tuple[int, int]] = {}
        self.digests: dict[tuple[str, str, date], datetime] = {}
        self.words: dict[tuple[str, str], set[SearchHit]] = {}
        self.counts: dict[tuple[Bound, str, int], int] = {}
        self.counted: dict[str, frozenset[Bound]] = {}
        self.sign_ins: dict[str, SignIn] = {}
        self.used: set[str] = set()
        self.attempted: set[str] = set()
        self.sessions: dict[str, Session] = {}
        self.epochs: dict[str, datetime] = {}
        self.losses: dict[str, set[UndeliveredMail]] = {}
        self.mark: RunMark | None = None
        self.saved: dict[tuple[str, str], tuple[Draft, datetime]] = {}
        self.exports: dict[str, Export] = {}
        self.audited: dict[tuple[datetime, str], AuditEvent] = {}
        self.latest: ChainPlace | None = None
        self.logged: dict[str, list[Logged]] = {}
        self.purging: dict[str, Ticket] = {}
        self.certified: dict[str, DeletionCertificate] = {}
        self.linked_raw_mails: dict[str, dict[str, datetime]] = {}
        self.requests: list[str] = []
        self.before_commit: Callable[[Change], None] = lambda change: None

    def commit(self, change: Change) -> None:
        self.requests.append("write")
        self.before_commit(change)
        _check_storable(change)
        tickets = [ticket for ticket in (change.ticket, *change.also) if ticket]
        for ticket in tickets:
            before = self.tickets.get(ticket.ref) or self.purging.get(ticket.ref)
            if ticket.version == 1 and before:
                raise TicketExists(as_read(before))
        # Messages are checked first: if one exists already, it does not matter that the ticket has moved on.
        for message in change.messages:
            key = (message.ref, message.id)
            kept = self.messages.get(key)
            if message.version == 1 and kept:
                raise MessageExists(message.id)
            if message.version > 1 and (kept is None or kept.version != message.version - 1):
                raise VersionConflict(message.id)
        for ticket in tickets:
            stored = self.tickets.get(ticket.ref)
            if ticket.version > 1 and (stored is None or stored.version != ticket.version - 1):
                raise VersionConflict(ticket.ref)
        self.tickets |= {ticket.ref: ticket for ticket in tickets}
        self.messages |= {(message.ref, message.id): message for message in change.messages}
        for item in tickets or change.messages[:1]:
            self.log += [(item.ref, entry) for entry in change.log]
            chain = item.id if isinstance(item, Message) else None
            entries = [Logged(entry, item.version, number, chain) for number, entry in enumerate(change.log)]
            self.logged.setdefault(item.ref, []).extend(entries)
        self.sent |= {sent.id: ItemRef(sent.ref, sent.message) for sent in change.sent}
        for sla_counts in change.sla_counts:
            on_time, missed = self.sla_counts.get((sla_counts.shop, sla_counts.at.date()), (0, 0))
            self.sla_counts[sla_counts.shop, sla_counts.at.date()] = (
                on_time + sla_counts.kept,
                missed + sla_counts.missed,
            )

    def ticket(self, ref: str) -> Ticket | None:
        self.requests.append("read")
        return _read(self.tickets.get(ref))

    def message(self, ref: str, id: str) -> Message | None:
        self.requests.append("read")
        return _read(self.messages.get((ref, id)))

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        self.requests.append("read")
        ticket = self.tickets.get(ref)
        joined = [other for other in (ticket.merged_from if ticket else ()) if other in self.tickets]
        found = [message for (owner, _), message in self.messages.items() if owner in (ref, *joined)]
        found += [self.tickets[other].opening for other in joined]
        found = [as_read(message) for message in found]
        return _read(ticket), sorted(found, key=lambda message: (message.at, message.ref, message.id))

    def save_draft(self, draft: Draft, until: datetime) -> None:
        self.requests.append("write")
        earlier = self.saved.get((draft.ref, draft.agent))
        if earlier is None or earlier[0].at <= draft.at:
            self.saved[draft.ref, draft.agent] = draft, until

    def drafts(self, ref: str, now: datetime) -> list[Draft]:
        self.requests.append("read")
        return [draft for draft, until in self.saved.values() if draft.ref == ref and now < until]

    def history(self, ref: str, limit: int) -> list[LogEntry]:
        self.requests.append("read")
        entries = [entry for of, entry in self.log if of == ref]
        return sorted(entries, key=lambda entry: entry.at)[::-1][:limit]

    def tickets_of(self, shop: str, address: str, limit: int) -> list[OtherTicket]:
        self.requests.append("read")
        found = self._opened_by(shop, address)
        newest = sorted(found, key=lambda ticket: ticket.opened_at, reverse=True)[:limit]
        return [OtherTicket(t.ref, t.kind, t.state, t.opened_at, t.subject) for t in newest]

    def ref_of_sent(self, ids: Iterable[str]) -> str | None:
        wanted = list(ids)
        if wanted:
            self.requests.append("read")
        # DynamoDB's limit for a key.
        assert all(len(f"SENT#{id}".encode()) <= 2048 for id in wanted)
        return next((self.sent[id].ref for id in wanted if id in self.sent), None)

    def count(
        self, firm: Sequence[Limit], now: datetime, *, soft: Sequence[Limit] = (), idempotency_key: str = ""
    ) -> frozenset[Bound]:
        self.requests.append("write")
        if idempotency_key in self.counted:
            return self.counted[idempotency_key]

        def over(limits: Sequence[Limit]) -> frozenset[Bound]:
            return frozenset(
                limit.bound
                for limit in limits
                if self.counts.get((limit.bound, limit.key, slot(limit.window, now)), 0) >= limit.maximum
            )

        if used_up := over(firm):
            return used_up | over(soft)
        used_up = over(soft)
        for limit in (*firm, *(() if used_up else soft)):
            first = slot(limit.window, now)
            for number in range(first, first + SLOTS):
                key = (limit.bound, limit.key, number)
                self.counts[key] = self.counts.get(key, 0) + 1
        if idempotency_key:
            self.counted[idempotency_key] = used_up
        return used_up

    def due(self, now: datetime, page: int, purpose: str = "step") -> Iterator[ItemRef]:
        self.requests.append("read")
        if purpose == "purge":
            return self._to_be_purged(now)
        items: list[Ticket | Message] = [*self.tickets.values(), *self.messages.values()]
        steps = [(wakes_at(i.outbox) if isinstance(i, Message) else next_step(i), i) for i in items]
        waiting = [
            (step, ItemRef(item.ref, item.id if isinstance(item, Message) else None))
            for step, item in steps
            if step and step <= now
        ]
        return iter([entry for _, entry in sorted(waiting, key=lambda pair: pair[0])])

    def _to_be_purged(self, now: datetime) -> Iterator[ItemRef]:
        kept = [t for t in self.tickets.values() if not t.custody.hold and next_step(t) is None]
        ends = [(clock.due, t.ref) for t in kept if (clock := t.clock(RETAIN))]
        ends += [(MIN_TIME, ref) for ref, ticket in self.purging.items() if not ticket.merged_into]
        return iter([ItemRef(ref, None) for at, ref in sorted(ends) if at <= now])

    def inbox(
        self, shop: str, state: str, limit: int, since: datetime = MIN_TIME, before: datetime = MAX_TIME
    ) -> tuple[list[InboxEntry], int]:
        self.requests.append("read")
        found = sorted(
            (
                _listed(ticket)
                for ticket in self.tickets.values()
                if ticket.shop == shop and place_in_inbox(ticket) == state
            ),
            key=lambda listed: listed.at,
        )
        found = [listed for listed in found if since <= listed.due < before]
        return found[:limit], len(found)

    def inbox_page(
        self,
        shop: str,
        place: str,
        limit: int,
        after: Cursor | None = None,
        since: datetime = MIN_TIME,
        before: datetime = MAX_TIME,
        newest_first: bool = False,
    ) -> tuple[list[InboxEntry], Cursor | None]:
        self.requests.append("read")
        entries = [_listed(t) for t in self.tickets.values() if t.shop == shop and place_in_inbox(t) == place]
        within = [listed for listed in entries if since <= listed.due < before]
        within.sort(key=lambda listed: listed.at, reverse=newest_first)
        if after:
            within = [e for e in within if (e.at < after if newest_first else e.at > after)]
        found = within[:limit]
        return found, found[-1].at if len(within) > limit else None

    def find_tickets(self, refs: Sequence[str]) -> list[Ticket]:
        self.requests.append("read")
        return [as_read(self.tickets[ref]) for ref in dict.fromkeys(refs) if ref in self.tickets]

    def index_words(self, shop: str, words: Iterable[str], mention: SearchHit) -> None:
        for word in words:
            self.requests.append("write")
            self.words.setdefault((shop, word), set()).add(mention)

    def hits(self, shop: str, word: str, limit: int, after: SearchHit | None = None) -> tuple[list[SearchHit], bool]:
        self.requests.append("read")
        hits = sorted(self.words.get((shop, word), ()), key=lambda m: (m.opened_at, m.ref), reverse=True)
        rest = [m for m in hits if after is None or (m.opened_at, m.ref) < (after.opened_at, after.ref)]
        return rest[:limit], len(rest) > limit

    def find_mentions(self, shop: str, words: Sequence[Sequence[str]], among: Sequence[SearchHit]) -> list[SearchHit]:
        self.requests.append("read")
        held = [[self.words.get((shop, reading), set()) for reading in word] for word in words]
        return [m for m in among if all(any(m in hits for hits in word) for word in held)]

    def sla_counted(self, shop: str, since: date, until: date) -> tuple[int, int]:
        self.requests.append("read")
        days = [counts for (of, day), counts in self.sla_counts.items() if of == shop and since <= day <= until]
        return sum(kept for kept, _ in days), sum(missed for _, missed in days)

    def claim_digest(self, shop: str, owner: str, day: date, now: datetime, until: datetime) -> bool:
        self.requests.append("write")
        if self.digests.get((shop, owner, day), now) > now:
            return False
        self.digests[shop, owner, day] = until
        return True

    def quarantined(self, shop: str, limit: int, after: Cursor | None = None) -> tuple[list[Ticket], Cursor | None]:
        self.requests.append("read")
        kept = {
            _listed(ticket).at: ticket
            for ticket in self.tickets.values()
            if ticket.shop == shop and ticket.state is State.QUARANTINED
        }
        places = [place for place in sorted(kept, reverse=True) if after is None or place < after]
        left_off = places[limit - 1] if len(places) > limit else None
        return [kept[place] for place in places[:limit]], left_off

    def note_outcome(self, raw_key: str, outcome: str, ref: str | None, now: datetime) -> None:
        self.requests.append("write")
        self.outcomes.setdefault(raw_key, (outcome, ref))

    def note_attempt(self, raw_key: str, now: datetime) -> int:
        self.requests.append("write")
        self.attempts[raw_key] = self.attempts.get(raw_key, 0) + 1
        return self.attempts[raw_key]

    def outcomes_of(self, raw_keys: Iterable[str]) -> dict[str, str]:
        self.requests.append("read")
        return {key: self.outcomes[key][0] for key in raw_keys if key in self.outcomes}

    def note_reconciliation(self, day: date, received: int, outcomes: Mapping[str, int]) -> None:
        self.requests.append("write")
        self.reconciled[day] = (received, dict(outcomes))

    def reconciliations(self, since: date, until: date) -> list[Reconciliation]:
        self.requests.append("read")
        return [Reconciliation(day, *self.reconciled[day]) for day in sorted(self.reconciled) if since <= day <= until]

    def run_mark(self) -> RunMark | None:
        self.requests.append("read")
        return self.mark

    def note_run(self, mark: RunMark) -> None:
        self.requests.append("write")
        self.mark = mark

    def note_undeliverable(self, shop: str, undelivered: UndeliveredMail) -> None:
        self.requests.append("write")
        self.losses.setdefault(shop, set()).add(undelivered)

    def undelivered(self, shop: str, limit: int) -> list[UndeliveredMail]:
        self.requests.append("read")
        return sorted(self.losses.get(shop, ()), key=lambda undelivered: undelivered.at, reverse=True)[:limit]

    def item_of_sent(self, id: str) -> ItemRef | None:
        self.requests.append("read")
        assert len(f"SENT#{id}".encode()) <= 2048
        return self.sent.get(id)

    def suppress(self, key: str, why: str, until: datetime) -> None:
        self.requests.append("write")
        self.flags[key] = (why, until)

    def is_suppressed(self, key: str, now: datetime) -> bool:
        self.requests.append("read")
        return key in self.flags and now < self.flags[key][1]

    def opened_on(self, shop: str, day: date, limit: int, after: str = "") -> list[str]:
        self.requests.append(f"read {day}")
        of_shop = sorted(((t.ref, ref, t.opened_at) for ref, t in self.tickets.items() if t.shop == shop))
        found = [(r, ref) for r, ref, at in of_shop if at.astimezone(UTC).date() == day and r > after][:limit]
        return [each for stated, place in found for each in ((stated,) if stated == place else (place, stated))]

    def opened_by(self, shop: str, address: str, limit: int, after: SearchHit | None = None) -> list[SearchHit]:
        self.requests.append("read")
        found = self._opened_by(shop, address)
        places = sorted(((t.opened_at, t.ref) for t in found), reverse=True)
        return [SearchHit(*key) for key in places if after is None or key < (after.opened_at, after.ref)][:limit]

    def export(self, id: str) -> Export | None:
        self.requests.append("read")
        return self.exports.get(id)

    def put_export(self, export: Export) -> bool:
        self.requests.append("write")
        before = self.exports.get(export.id)
        if (before.version if before else 0) != export.version - 1:
            return False
        self.exports[export.id] = export
        return True

    def latest_audit_event(self) -> ChainPlace | None:
        self.requests.append("read")
        return self.latest

    def note_audit_event(self, audit_event: AuditEvent) -> bool:
        self.requests.append("write")
        if audit_event.after != self.latest or (audit_event.at, audit_event.id) in self.audited:
            return False
        self.audited[audit_event.at, audit_event.id], self.latest = audit_event, audit_event.place
        return True

    def audit_events(self, since: date, until: date) -> Iterator[AuditEvent | UnreadableEvent]:
        self.requests.append("read")
        return iter([self.audited[key] for key in sorted(self.audited) if since <= key[0].date() <= until])

    def put_sign_in(self, sign_in: SignIn) -> None:
        self.requests.append("write")
        self.sign_ins[sign_in.id] = sign_in

    def sign_in(self, id: str, now: datetime) -> SignIn | None:
        self.requests.append("read")
        found = self.sign_ins.get(id)
        return found if found and id not in self.used and now < found.ends_at else None

    def use_sign_in(self, id: str, now: datetime) -> SignIn | None:
        found = self.sign_in(id, now)
        self.used |= {id} if found else set()
        return found

    def claim_attempt(self, id: str, ends_at: datetime) -> bool:
        self.requests.append("write")
        known = id in self.attempted
        self.attempted.add(id)
        return not known

    def put_session(self, session: Session) -> bool:
        self.requests.append("write")
        before = self.sessions.get(session.id)
        if (before.version if before else 0) != session.version - 1:
            return False
        self.sessions[session.id] = session
        return True

    def session(self, id: str) -> Session | None:
        self.requests.append("read")
        return self.sessions.get(id)

    def sign_out_everywhere(self, address: str, at: datetime) -> None:
        self.requests.append("write")
        self.epochs[address] = at

    def signed_out_at(self, address: str) -> datetime | None:
        self.requests.append("read")
        return self.epochs.get(address)

    def ticket_partition(self, ref: str) -> TicketPartition | None:
        self.requests.append("read")
        ticket = self.tickets.get(ref) or self.purging.get(ref)
        messages = tuple(as_read(message) for (of, _), message in self.messages.items() if of == ref)
        drafts = sum(of == ref for of, _ in self.saved)
        linked_raw_mails = tuple(self.linked_raw_mails.get(ref, ()))
        log = tuple(self.logged.get(ref, ()))
        return TicketPartition(as_read(ticket), messages, log, drafts, linked_raw_mails) if ticket else None

    def _opened_by(self, shop: str, address: str) -> list[Ticket]:
        return [t for t in self.tickets.values() if t.shop == shop and same(t.requester.address, address)]

    def refs_of(self, shop: str, address: str) -> Iterator[str]:
        self.requests.append("read")
        found = self._opened_by(shop, address)
        return iter([ticket.ref for ticket in sorted(found, key=lambda ticket: ticket.opened_at)])

    def marked(self, ref: str) -> str:
        self.requests.append("read")
        return self.purging[ref].custody.purging if ref in self.purging else ""

    def link_raw_mail(self, ref: str, raw_key: str, until: datetime) -> None:
        self.requests.append("write")
        self.linked_raw_mails.setdefault(ref, {})[raw_key] = until

    def begin_purge(self, certificate: DeletionCertificate, tickets: Sequence[Ticket]) -> bool:
        self.requests.append("write")
        stored = [self.tickets.get(ticket.ref) for ticket in tickets]
        fresh = all(kept and kept.version == t.version - 1 for kept, t in zip(stored, tickets, strict=True))
        if not fresh or certificate.name in self.certified:
            return False
        self.certified[certificate.name] = certificate
        for ticket in tickets:
            kept = self.tickets.pop(ticket.ref)
            custody = replace(kept.custody, purging=certificate.name, log_head=ticket.log_head)
            marked = replace(kept, custody=custody, version=ticket.version)
            self.purging[ticket.ref] = marked
        return True

    def certificate(self, name: str) -> DeletionCertificate | None:
        self.requests.append("read")
        return self.certified.get(name)

    def put_certificate(self, certificate: DeletionCertificate) -> None:
        self.requests.append("write")
        self.certified.setdefault(certificate.name, certificate)

    def finish_certificate(self, name: str, now: datetime) -> None:
        self.requests.append("write")
        known = self.certified[name]
        self.certified[name] = replace(known, done_at=known.done_at or now)

    def delete_pointers(self, pointers: Pointers) -> None:
        self.requests.append("delete")
        mention = SearchHit(pointers.opened_at, pointers.ref)
        for id in pointers.sent:
            self.sent.pop(id, None)
        for key in pointers.raw_keys:
            self.outcomes.pop(key, None)
        for word in pointers.words:
            self.words.get((pointers.shop, word), set()).discard(mention)
        if pointers.lost:
            losses = self.losses.get(pointers.shop, set())
            self.losses[pointers.shop] = {undelivered for undelivered in losses if undelivered.ref != pointers.ref}

    def clear_partition(self, ref: str) -> None:
        self.requests.append("delete")
        for key in [key for key in self.messages if key[0] == ref]:
            del self.messages[key]
        for key in [key for key in self.saved if key[0] == ref]:
            del self.saved[key]
        self.log = [(of, entry) for of, entry in self.log if of != ref]
        self.logged.pop(ref, None)
        self.linked_raw_mails.pop(ref, None)

    def end_purge(self, name: str, refs: Sequence[str], now: datetime) -> bool:
        self.requests.append("delete")
        if not all(ref in self.purging and self.purging[ref].custody.purging == name for ref in refs):
            return False
        for ref in refs:
            del self.purging[ref]
        self.finish_certificate(name, now)
        return True

    # What tests ask ---------------------------------------------------------------------------------------------------

    def only_ticket(self) -> Ticket:
        (ticket,) = self.tickets.values()
        return ticket

    def only_message(self) -> Message:
        (message,) = self.messages.values()
        return message


def _read(item: _Item | None) -> _Item | None:
    return as_read(item) if item else None


def _listed(ticket: Ticket) -> InboxEntry:
    due = clock_in_inbox(ticket)
    return InboxEntry(
        ref=ticket.ref,
        kind=ticket.kind,
        subject=ticket.subject,
        name=ticket.requester.called,
        opened_at=ticket.opened_at,
        due=due_in_inbox(ticket),
        clock=due.name if due else "",
        assignee=ticket.assignee or "",
        channel=ticket.channel,
        topic=ticket.topic or "",
        priority=ticket.priority,
        outcome=ticket.outcome or "",
    )


class FakeFiles:
    """Buckets in memory."""

    def __init__(self) -> None:
        self.raw: dict[str, bytes] = {}
        self.came: dict[str, datetime] = {}
        self.settled: set[str] = set()
        self.kept: dict[str, tuple[bytes, str]] = {}
        self.uploads: dict[str, tuple[bytes, str]] = {}
        # Old and expired versions that S3 keeps until its lifecycle deletes them.
        self.old: list[tuple[str, bytes]] = []
        self.old_raw: list[tuple[str, bytes]] = []
        # By upload: the key, the content type, and the parts by number.
        self.begun: dict[str, tuple[str, str, dict[int, bytes]]] = {}
        self.begun_in_all = 0

    def raw_mail(self, key: str) -> bytes:
        if key not in self.raw:
            raise UnknownFile(key)
        return self.raw[key]

    def keep_raw_mail(self, raw_key: str, key: str) -> None:
        self._put(key, self.raw[raw_key], "message/rfc822")

    def settle_raw_mail(self, key: str) -> None:
        self.settled.add(key)

    def raw_mails(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        return ((key, at) for key, at in self.came.items() if at >= since)

    def keep(self, key: str, content: bytes, content_type: str) -> None:
        # S3 sends it as a header.
        assert content_type.isascii(), content_type
        assert content_type.isprintable(), content_type
        self._put(key, content, content_type)

    def _put(self, key: str, content: bytes, content_type: str) -> None:
        if key in self.kept:
            self.old.append((key, self.kept[key][0]))
        self.kept[key] = (content, content_type)

    def expire_raw(self, key: str) -> None:
        """Expire a mail as the bucket's lifecycle does: the mail is gone, but its old version is not yet."""
        self.old_raw.append((key, self.raw.pop(key)))

    def stored(self, prefix: str) -> Mapping[str, int]:
        return {key: len(content) for key, (content, _) in self.kept.items() if key.startswith(prefix)}

    def delete_versions_page(self, prefix: str) -> int:
        versions = [*self.old, *((key, content) for key, (content, _) in self.kept.items())]
        page = [(key, content) for key, content in versions if key.startswith(prefix)][:1000]
        for version in page:
            if version in self.old:
                self.old.remove(version)
            else:
                del self.kept[version[0]]
        return len(page)

    def abandon_parts(self, prefix: str) -> None:
        self.begun = {id: begun for id, begun in self.begun.items() if not begun[0].startswith(prefix)}

    def erase_files(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.kept.pop(key, None)
            self.old = [version for version in self.old if version[0] != key]

    def erase_raw(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.raw.pop(key, None)
            self.came.pop(key, None)
            self.old_raw = [version for version in self.old_raw if version[0] != key]

    def read(self, key: str) -> bytes:
        if key not in self.kept:
            raise UnknownFile(key)
        return self.kept[key][0]

    def adopt_upload(self, upload: str, key: str) -> None:
        self._put(key, *(self.uploads.get(upload) or self.kept[upload]))

    def upload(self, key: str) -> Upload | None:
        found = self.uploads.get(key) or self.kept.get(key)
        return Upload(len(found[0]), found[1]) if found else None

    def upload_form(self, key: str, content_type: str, largest: int) -> tuple[str, Mapping[str, str]]:
        return "https://files.example", {"key": key, "Content-Type": content_type, "largest": str(largest)}

    def link(self, key: str, filename: str, content_type: str, seconds: int) -> str:
        return f"https://files.example/{key}?as={filename}&for={seconds}"

    def begin_parts(self, key: str, content_type: str) -> str:
        self.begun_in_all += 1
        upload = f"upload-{self.begun_in_all}"
        self.begun[upload] = (key, content_type, {})
        return upload

    def put_part(self, key: str, upload: str, number: int, content: bytes) -> str:
        if upload not in self.begun:
            raise UnknownFile(key)
        self.begun[upload][2][number] = content
        return _etag(content)

    def join_parts(self, key: str, upload: str, parts: Sequence[str]) -> None:
        _, content_type, contents = self.begun.get(upload, ("", "", {}))
        if key in self.kept and upload not in self.begun:
            return  # joined earlier
        named = [contents.get(number, b"") for number in range(1, len(parts) + 1)]
        if not parts or [_etag(content) for content in named] != list(parts):
            raise UnknownFile(key)
        # S3's minimum for every part except the last.
        assert all(len(content) >= LEAST_PART for content in named[:-1])
        self._put(key, b"".join(named), content_type)
        del self.begun[upload]

    def abort_upload(self, key: str, upload: str) -> None:
        self.begun.pop(upload, None)


def _etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


@lru_cache(maxsize=1000)
def _parsed(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that SES accepted."""

    sender: str
    recipient: str
    raw: bytes
    id: str

    @property
    def mail(self) -> EmailMessage:
        return _parsed(self.raw)

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def reply_to(self) -> str:
        return str(self.mail["Reply-To"].addresses[0].addr_spec)


class FakeMailer:
    """SES in memory. `failing`: exceptions to raise, one per call, before a mail is accepted; `on_send` is called
    before each mail."""

    def __init__(self) -> None:
        self.sent: list[SentMail] = []
        self.tags: dict[str, dict[str, str]] = {}
        self.failing: list[Exception] = []
        self.on_send: Callable[[str], None] = lambda recipient: None

    def send(self, sender: str, recipient: str, raw: bytes, tags: Mapping[str, str]) -> str:
        self.on_send(recipient)
        if self.failing:
            raise self.failing.pop(0)
        # SES refuses other characters in the envelope.
        assert sender.isascii()
        assert recipient.isascii()
        id = f"0100{len(self.sent) + 1:012x}-ses"
        assert all(re.fullmatch(r"[\w.@-]{1,256}", value) for value in tags.values())
        self.sent.append(SentMail(sender, recipient, raw, id))
        self.tags[id] = dict(tags)
        return id

    def to(self, recipient: str) -> list[SentMail]:
        return [mail for mail in self.sent if mail.recipient == recipient]


class FakeQueue:
    """The queue of raw mails in memory."""

    def __init__(self) -> None:
        self.waiting: list[str] = []
        self.dead: list[str] = []

    def put_back(self, raw_key: str) -> None:
        self.waiting.append(raw_key)

    def redrive(self, limit: int) -> int:
        redriven, self.dead = self.dead[:limit], self.dead[limit:]
        self.waiting += redriven
        return len(redriven)

    def depths(self) -> QueueDepth:
        return QueueDepth(len(self.waiting), len(self.dead))


@dataclass(slots=True)
class FakeRun:
    """A function's run with time for this many steps; `asked` are the events it is to be invoked with again."""

    steps: int = 1_000_000
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    invokes: bool = True
    request: str = "run"

    def time_left(self) -> bool:
        self.steps -= 1
        return self.steps >= 0

    def again(self, event: Mapping[str, Any]) -> bool:
        self.asked.append(event)
        return self.invokes


def refusing(*, passing: bool, times: int = 1) -> list[Exception]:
    """The exceptions of an SES that accepts no mail."""
    return [NotSent("Throttling: too fast" if passing else "MessageRejected: no", passing=passing)] * times


@dataclass(slots=True)
class World:
    """Everything that a use case works with, and methods to change it."""

    deps: Deps
    store: FakeStore
    files: FakeFiles
    mailer: FakeMailer
    queue: FakeQueue
    clock: Clock
    shop: Shop
    mails: int = field(default=0)

    def arrives(self, raw: bytes | EmailMessage) -> str:
        """Put a raw mail into the bucket; return its key."""
        self.mails += 1
        key = f"raw/{self.mails}"
        self.files.raw[key] = raw.as_bytes() if isinstance(raw, EmailMessage) else raw
        self.files.came[key] = self.clock.at
        return key

    def with_shop(self, **changes: Any) -> "World":
        """The same world with the shop's policy changed."""
        shop = replace(self.shop, **changes)
        shops = Policy({**self.deps.policy.shops, shop.id: shop})
        self.deps, self.shop = replace(self.deps, policy=shops), shop
        return self


def world(shop: str = "northlight", *, limits_on: bool = True) -> World:
    """An empty world with the tests' policy."""
    store, files, mailer, queue, clock = FakeStore(), FakeFiles(), FakeMailer(), FakeQueue(), Clock()
    fictional = shops.policy()
    deps = Deps(
        policy=fictional,
        secret=SECRET,
        audit=lambda: AUDIT_SECRET,
        public_url=PUBLIC_URL,
        limits_on=limits_on,
        files=files,
        mailer=mailer,
        queue=queue,
        now=clock,
        holidays=holidays_of,
        queues={"mail": queue, "delivery": FakeQueue(), "stream": FakeQueue()},
        tickets=store,
        drafts=store,
        work=store,
        digests=store,
        inbox=store,
        search=store,
        threads=store,
        suppressions=store,
        undeliverable=store,
        mail_log=store,
        limits=store,
        sessions=store,
        exports=store,
        audit_log=store,
        purges=store,
    )
    return World(deps, store, files, mailer, queue, clock, fictional.shop(shop))


def all_notified(shop: Shop) -> Shop:
    """The shop with every agent notified of new tickets."""
    return replace(shop, agents=tuple(replace(agent, notify=True) for agent in shop.agents))


def written(
    sender: str = "Mira Holm <mira@example.com>",
    subject: str = "The shade is cracked",
    text: str = "Hello,\n\nmy lamp arrived with a cracked shade.\n\nMira\n",
    **headers: str,
) -> EmailMessage:
    """A mail as a person writes it. Underscores in header names become hyphens; empty headers are left out."""
    mail = EmailMessage()
    default = {
        "From": sender,
        "To": "care@help.northlight.example",
        "Subject": subject,
        "Message_ID": "<first@mail.example>",
    }
    for name, value in (default | headers).items():
        if value:
            mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def _check_storable(change: Change) -> None:
    """Assert what DynamoDB would refuse."""
    items = [item for item in (change.ticket, *change.also, *change.messages, *change.log, *change.sent) if item]
    assert len(items) <= MAX_WRITES
    assert len({message.id for message in change.messages}) == len(change.messages)
    weights = [_weight(item) for item in items]
    assert max(weights, default=0) <= MAX_ITEM
    assert sum(weights) <= MAX_WRITTEN


def _weight(value: Any) -> int:
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    if isinstance(value, datetime):
        assert value.tzinfo is not None
        return 27
    if isinstance(value, tuple):
        return sum(_weight(part) for part in value) + 3
    if is_dataclass(value):
        return sum(len(name) + _weight(getattr(value, name)) for name in _names(cast(Hashable, type(value))))
    return 8


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(part.name for part in fields(cast(Any, kind)))
