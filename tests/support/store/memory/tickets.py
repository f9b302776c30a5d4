"""Tickets, their messages and their log."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from typing import TypeVar

from chalicelib.rules.identity.addressing import same
from chalicelib.rules.privacy.hash_chain import Logged, as_read
from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, Ticket
from chalicelib.services.ports.conflicts import MessageExists, PlaceTaken, TicketExists, VersionConflict
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.ports.tickets import ItemRef, OtherTicket
from tests.support.store.memory.feedback.record import count
from tests.support.store.memory.memory import Memory, Port
from tests.support.store.storable import check_storable

_Item = TypeVar("_Item", Ticket, Message)


class Tickets(Port):
    """Implements services.ports.tickets.Tickets."""

    def commit(self, change: Change) -> None:
        memory = self._memory
        self._asked("write")
        memory.before_commit(change)
        check_storable(change)
        tickets = [ticket for ticket in (change.ticket, *change.also) if ticket]
        _check_versions(memory, change, tickets)
        for hold in change.holds:
            assert change.ticket
            memory.places[change.ticket.shop, hold.id] = change.ticket.ref
        memory.tickets |= {ticket.ref: ticket for ticket in tickets}
        memory.messages |= {(message.ref, message.id): message for message in change.messages}
        for item in tickets or change.messages[:1]:
            memory.log += [(item.ref, entry) for entry in change.log]
            chain = item.id if isinstance(item, Message) else None
            entries = [Logged(entry, item.version, number, chain) for number, entry in enumerate(change.log)]
            memory.logged.setdefault(item.ref, []).extend(entries)
        memory.sent |= {sent.id: ItemRef(sent.ref, sent.message) for sent in change.sent}
        count(memory, change.sla_counts, change.tallies)

    def ticket(self, ref: str) -> Ticket | None:
        self._asked("read")
        return _read(self._memory.tickets.get(ref))

    def message(self, ref: str, id: str) -> Message | None:
        self._asked("read")
        return _read(self._memory.messages.get((ref, id)))

    def lines_after(self, ref: str, id: str) -> tuple[Ticket | None, list[Message]]:
        self._asked("read")
        found = [message for (owner, _), message in self._memory.messages.items() if owner == ref and message.id > id]
        return _read(self._memory.tickets.get(ref)), sorted(map(as_read, found), key=lambda message: message.id)

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        self._asked("read")
        tickets = self._memory.tickets
        ticket = tickets.get(ref)
        joined = [other for other in (ticket.merged_from if ticket else ()) if other in tickets]
        found = [message for (owner, _), message in self._memory.messages.items() if owner in (ref, *joined)]
        found += [tickets[other].opening for other in joined]
        found = [as_read(message) for message in found]
        return _read(ticket), sorted(found, key=lambda message: (message.at, message.ref, message.id))

    def history(self, ref: str, limit: int, *, consistent: bool = False) -> list[LogEntry]:
        self._asked("read")
        entries = [entry for of, entry in self._memory.log if of == ref]
        return sorted(entries, key=lambda entry: entry.at)[::-1][:limit]

    def find_tickets(self, refs: Sequence[str]) -> list[Ticket]:
        self._asked("read")
        tickets = self._memory.tickets
        return [as_read(tickets[ref]) for ref in dict.fromkeys(refs) if ref in tickets]

    def tickets_of(self, shop: str, address: str, limit: int) -> list[OtherTicket]:
        self._asked("read")
        newest = sorted(self._of(shop, address), key=lambda ticket: ticket.opened_at, reverse=True)[:limit]
        return [OtherTicket(t.ref, t.kind, t.state, t.opened_at, t.subject) for t in newest]

    def refs_of(self, shop: str, address: str) -> Iterator[str]:
        self._asked("read")
        return iter([t.ref for t in sorted(self._of(shop, address), key=lambda ticket: ticket.opened_at)])

    def opened_on(self, shop: str, day: date, limit: int, after: str = "") -> list[str]:
        self._asked("read", day.isoformat())
        of_shop = sorted((t.ref, ref, t.opened_at) for ref, t in self._memory.tickets.items() if t.shop == shop)
        found = [(r, ref) for r, ref, at in of_shop if at.astimezone(UTC).date() == day and r > after][:limit]
        return [each for stated, place in found for each in ((stated,) if stated == place else (place, stated))]

    def opened_by(self, shop: str, address: str, limit: int, after: SearchHit | None = None) -> list[SearchHit]:
        self._asked("read")
        every = sorted(((t.opened_at, t.ref) for t in self._of(shop, address)), reverse=True)
        return [SearchHit(*key) for key in every if after is None or key < (after.opened_at, after.ref)][:limit]

    def _of(self, shop: str, address: str) -> list[Ticket]:
        return [t for t in self._memory.tickets.values() if t.shop == shop and same(t.listed_by, address)]


def _check_versions(memory: Memory, change: Change, tickets: Sequence[Ticket]) -> None:
    for ticket in tickets:
        before = memory.tickets.get(ticket.ref) or memory.purging.get(ticket.ref)
        if ticket.version == 1 and before:
            raise TicketExists(as_read(before))
    # The messages first: when one is kept already, that the ticket has moved on does not matter.
    for message in change.messages:
        kept = memory.messages.get((message.ref, message.id))
        if message.version == 1 and kept:
            raise MessageExists(message.id)
        if message.version > 1 and (kept is None or kept.version != message.version - 1):
            raise VersionConflict(message.id)
    for hold in change.holds:
        assert change.ticket
        if memory.places.get((change.ticket.shop, hold.id)) not in (None, hold.instead_of or change.ticket.ref):
            raise PlaceTaken(hold.id)
    for ticket in tickets:
        stored = memory.tickets.get(ticket.ref)
        if ticket.version > 1 and (stored is None or stored.version != ticket.version - 1):
            raise VersionConflict(ticket.ref)


def _read(item: _Item | None) -> _Item | None:
    return as_read(item) if item else None
