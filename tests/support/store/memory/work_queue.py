"""What is due, how far its runs have come, and digests of the day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from chalicelib.aws.table import order_items
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.outbox import wakes_at
from chalicelib.rules.tickets.ticket import Message, Ticket, next_step
from chalicelib.services.ports.inbox import MIN_TIME
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.ports.work import RunMark
from tests.support.store.memory.memory import Port


class WorkQueue(Port):
    """Implements services.ports.work.WorkQueue."""

    def due(self, now: datetime, page: int, purpose: str = "step") -> Iterator[ItemRef]:
        self._asked("read")
        if purpose == "purge":
            return self._to_be_purged(now)
        items: list[Ticket | Message] = [*self._memory.tickets.values(), *self._memory.messages.values()]
        steps = [(wakes_at(i.outbox) if isinstance(i, Message) else next_step(i), i) for i in items]
        waiting = [
            (step, ItemRef(item.ref, item.id if isinstance(item, Message) else None))
            for step, item in steps
            if step and step <= now
        ]
        orders = ((order_items.next_step(order), ItemRef(order.ref, None)) for order in self._memory.orders.values())
        waiting += [(step, entry) for step, entry in orders if step and step <= now]
        waiting += [(back.at, ItemRef(ref, None)) for ref, back in self._memory.back_since.items() if back.at <= now]
        return iter([entry for _, entry in sorted(waiting, key=lambda pair: pair[0])])

    def _to_be_purged(self, now: datetime) -> Iterator[ItemRef]:
        kept = [t for t in self._memory.tickets.values() if not t.custody.legal_hold and next_step(t) is None]
        ends = [(clock.due, t.ref) for t in kept if (clock := t.clock(RETAIN))]
        ends += [(MIN_TIME, ref) for ref, ticket in self._memory.purging.items() if not ticket.merged_into]
        orders = [order for order in self._memory.orders.values() if not order.legal_hold]
        done = [order for order in orders if order_items.next_step(order) is None]
        ends += [(clock.due, order.ref) for order in done if (clock := order.clocks.named(RETAIN))]
        return iter([ItemRef(ref, None) for at, ref in sorted(ends) if at <= now])

    def run_mark(self) -> RunMark | None:
        self._asked("read")
        return self._memory.mark

    def note_run(self, mark: RunMark) -> None:
        self._asked("write")
        self._memory.mark = mark


class Digests(Port):
    """Implements services.ports.work.Digests."""

    def claim_digest(self, shop: str, owner: str, day: date, now: datetime, until: datetime) -> bool:
        self._asked("write")
        if self._memory.digests.get((shop, owner, day), now) > now:
            return False
        self._memory.digests[shop, owner, day] = until
        return True

    def sla_counted(self, shop: str, since: date, until: date) -> tuple[int, int]:
        self._asked("read")
        every = self._memory.sla_counts.items()
        days = [counts for (of, day), counts in every if of == shop and since <= day <= until]
        return sum(kept for kept, _ in days), sum(missed for _, missed in days)


class Presence(Port):
    """Implements services.ports.work.Presence."""

    def note_presence(self, shop: str, agent: str, until: datetime) -> None:
        self._asked("write")
        self._memory.present_until[shop, agent] = until

    def present(self, shop: str, now: datetime) -> tuple[str, ...]:
        self._asked("read")
        every = sorted(self._memory.present_until.items())
        return tuple(agent for (of, agent), until in every if of == shop and until > now)


class CallPlaces(Port):
    """Implements services.ports.work.CallPlaces."""

    def held(self, shop: str, first: str, last: str, limit: int) -> Mapping[str, str]:
        self._asked("read")
        places = sorted((id, ref) for (of, id), ref in self._memory.places.items() if of == shop)
        return dict([place for place in places if first <= place[0] <= last][:limit])

    def release(self, shop: str, ids: Iterable[str], ref: str, until: datetime) -> None:
        for id in ids:
            self._asked("write")
            if self._memory.places.get((shop, id)) == ref:
                del self._memory.places[shop, id]
