"""Events that go out to shops' own systems."""

from chalicelib.rules.orders.duties.telling import OutgoingEvent
from tests.support.store.memory.memory import Port


class OutgoingEvents(Port):
    """Implements services.ports.events.outgoing.OutgoingEvents."""

    def untold(self, shop: str) -> list[OutgoingEvent]:
        self._asked("read")
        return [each for each in self._memory.outgoing.values() if each.shop == shop]

    def claim_event(self, before: OutgoingEvent, after: OutgoingEvent) -> bool:
        self._asked("write")
        if before.given_up_at or self._memory.outgoing.get(before.place) != before:
            return False
        self._memory.outgoing[after.place] = after
        return True

    def told(self, event: OutgoingEvent) -> None:
        self._asked("delete")
        known = self._memory.outgoing.get(event.place)
        if known and known.id == event.id:
            del self._memory.outgoing[event.place]
