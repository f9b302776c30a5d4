"""Counts by day, and improvements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from chalicelib.rules.learning.improvements import Improvement
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.learning.tallies import Kept, Tallied
from tests.support.store.memory.memory import Port


class Tallies(Port):
    """Implements services.ports.learning.tallies.Tallies."""

    def tallied(self, subject: str) -> Tallied | None:
        self._asked("read")
        return self._memory.tallied_of.get(subject)

    def tally(self, before: Tallied | None, after: Tallied) -> bool:
        self._asked("write")
        known = self._memory.tallied_of.get(after.subject)
        if (known.version if known else None) != (before.version if before else None):
            return False
        self._memory.tallied_of[after.subject] = after
        counts = self._memory.ticket_days.setdefault((after.shop, after.day), Counter())
        counts.subtract(before.counts if before else {})
        counts.update(after.counts)
        return True

    def days(self, shop: str, since: date, until: date) -> Mapping[date, Mapping[str, int]]:
        self._asked("read")
        every = self._memory.ticket_days.items()
        days = [(day, counts) for (of, day), counts in every if of == shop and since <= day <= until]
        return {day: {name: n for name, n in counts.items() if n} for day, counts in days}

    def promises(self, shop: str, since: date, until: date) -> Mapping[date, Kept]:
        self._asked("read")
        every = self._memory.sla_counts.items()
        return {
            day: _kept(counts, self._memory.sla_tallies.get((of, day), Counter()))
            for (of, day), counts in every
            if of == shop and since <= day <= until
        }


class Improvements(Port):
    """Implements services.ports.learning.tallies.Improvements."""

    def improvement(self, shop: str, id: str) -> Improvement | None:
        self._asked("read")
        return self._memory.improved.get((shop, id))

    def put_improvement(self, improvement: Improvement) -> None:
        self._asked("write")
        known = self._memory.improved.get((improvement.shop, improvement.id))
        if (known.version if known else 0) != improvement.version - 1:
            raise VersionConflict(improvement.id)
        self._memory.improved[improvement.shop, improvement.id] = improvement

    def improvements(self, shop: str) -> Sequence[Improvement]:
        self._asked("read")
        found = [each for (of, _), each in self._memory.improved.items() if of == shop]
        return sorted(found, key=lambda each: each.proposed_at, reverse=True)


def _kept(counts: tuple[int, int], by: Counter[str]) -> Kept:
    kinds = sorted({name.partition(" ")[2] for name, n in by.items() if name.startswith(("kept ", "missed ")) and n})
    return Kept(*counts, by["orders"], {kind: (by[f"kept {kind}"], by[f"missed {kind}"]) for kind in kinds})
