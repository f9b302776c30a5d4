"""How often something happened."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.rules.intake.limits import SLOTS, Bound, Limit, slot
from tests.support.store.memory.memory import Port


class Limits(Port):
    """Implements services.ports.access.Limits."""

    def count(
        self, firm: Sequence[Limit], now: datetime, *, soft: Sequence[Limit] = (), idempotency_key: str = ""
    ) -> frozenset[Bound]:
        self._asked("write")
        counts, counted = self._memory.counts, self._memory.counted
        if idempotency_key in counted:
            return counted[idempotency_key]

        def over(limits: Sequence[Limit]) -> frozenset[Bound]:
            return frozenset(
                limit.bound
                for limit in limits
                if counts.get((limit.bound, limit.key, slot(limit.window, now)), 0) >= limit.maximum
            )

        if used_up := over(firm):
            return used_up | over(soft)
        used_up = over(soft)
        for limit in (*firm, *(() if used_up else soft)):
            first = slot(limit.window, now)
            for number in range(first, first + SLOTS):
                key = (limit.bound, limit.key, number)
                counts[key] = counts.get(key, 0) + 1
        if idempotency_key:
            counted[idempotency_key] = used_up
        return used_up
