"""What is remembered of each source of events."""

from datetime import datetime, timedelta

from chalicelib.services.ports.events.source_log import Contact, DataRequest, LateOrder, TokenState
from tests.support.store.memory.memory import Port

_APART = timedelta(hours=1)


class SourceLog(Port):
    """Implements services.ports.events.source_log.SourceLog."""

    def note_contact(self, shop: str, source: str, at: datetime) -> None:
        known = self.contact(shop, source).moments
        if not known or abs(at - known[-1]) >= _APART:
            self._asked("write")
            minute = at.replace(second=0, microsecond=0)
            self._memory.contacts[shop, source] = Contact((*known, minute)[-150:])

    def contact(self, shop: str, source: str) -> Contact:
        self._asked("read")
        return self._memory.contacts.get((shop, source), Contact())

    def read_until(self, shop: str, source: str) -> datetime | None:
        self._asked("read")
        return self._memory.orders_read.get((shop, source))

    def note_read_until(self, shop: str, source: str, at: datetime) -> None:
        self._asked("write")
        self._memory.orders_read[shop, source] = at

    def token_state(self, shop: str, provider: str) -> TokenState:
        self._asked("read")
        return self._memory.token_states.get((shop, provider), TokenState())

    def note_tokens(self, shop: str, provider: str, state: TokenState) -> None:
        self._asked("write")
        self._memory.token_states[shop, provider] = state

    def note_order_id(self, shop: str, source: str, id: str, number: str, now: datetime) -> None:
        self._asked("write")
        self._memory.order_ids[shop, source, id] = number

    def number_of(self, shop: str, source: str, id: str) -> str:
        self._asked("read")
        return self._memory.order_ids.get((shop, source, id), "")

    def note_data_request(self, shop: str, request: DataRequest) -> None:
        self._asked("write")
        self._memory.data_requested.setdefault(shop, set()).add(request)

    def data_requests(self, shop: str) -> list[DataRequest]:
        self._asked("read")
        return sorted(self._memory.data_requested.get(shop, ()), key=lambda each: each.at, reverse=True)[:50]

    def note_late_order(self, shop: str, late: LateOrder) -> None:
        self._asked("write")
        self._memory.late.setdefault(shop, set()).add(late)

    def late_orders(self, shop: str) -> list[LateOrder]:
        self._asked("read")
        return sorted(self._memory.late.get(shop, ()), key=lambda each: each.at, reverse=True)[:50]
