"""Who waits for products, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.rules.identity.addressing import canonical
from chalicelib.services.ports.products.waiting import Back, Waiting
from tests.support.store.memory.memory import Port


class WaitingList(Port):
    """Implements services.ports.products.waiting.WaitingList."""

    def ask(self, waiting: Waiting) -> None:
        self._asked("write")
        known = self._memory.waiting.get(_place(waiting))
        if known is None or known.confirmed_at is None or known.until < waiting.asked_at:
            self._memory.waiting[_place(waiting)] = waiting

    def confirm(self, waiting: Waiting) -> bool:
        self._asked("write")
        if _place(waiting) not in self._memory.waiting:
            return False
        self._memory.waiting[_place(waiting)] = waiting
        return True

    def waits(self, shop: str, sku: str, key: str) -> Waiting | None:
        self._asked("read")
        return self._memory.waiting.get((shop, sku.lower(), key))

    def confirmed(self, shop: str, sku: str, limit: int) -> Sequence[Waiting]:
        self._asked("read")
        here = [each for place, each in self._memory.waiting.items() if place[:2] == (shop, sku.lower())]
        return sorted((each for each in here if each.confirmed_at), key=lambda each: each.key)[:limit]

    def claim(self, waiting: Waiting, now: datetime, until: datetime) -> bool:
        self._asked("write")
        free = self._memory.told_until.get(_place(waiting), now) <= now
        if _place(waiting) in self._memory.waiting and free:
            self._memory.told_until[_place(waiting)] = until
            return True
        return False

    def forget(self, waiting: Waiting, now: datetime) -> None:
        self._asked("write")
        self._memory.waiting.pop(_place(waiting), None)
        self._memory.told_until.pop(_place(waiting), None)

    def waiting_of(self, shop: str, address: str) -> Sequence[Waiting]:
        self._asked("read")
        every = sorted(self._memory.waiting.values(), key=lambda each: each.asked_at)
        return [each for each in every if each.shop == shop and canonical(each.address) == canonical(address)]

    def note_back(self, back: Back) -> None:
        self._asked("write")
        self._memory.back_since[f"BACK#{back.shop}#{back.sku.lower()}"] = replace(back)

    def back(self, ref: str) -> Back | None:
        self._asked("read")
        return self._memory.back_since.get(ref)

    def all_told(self, back: Back) -> None:
        self._asked("write")
        ref = f"BACK#{back.shop}#{back.sku.lower()}"
        if self._memory.back_since.get(ref) == back:
            del self._memory.back_since[ref]


def _place(waiting: Waiting) -> tuple[str, str, str]:
    return (waiting.shop, waiting.sku.lower(), waiting.key)
