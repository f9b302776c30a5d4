"""Absences in memory."""

from datetime import datetime, timedelta

from chalicelib.rules.access.absences import Absences
from tests.support.store.memory.memory import Port


class AbsenceList(Port):
    """Implements services.ports.access.AbsenceList."""

    def absences(self, shop: str) -> Absences:
        self._asked("read")
        return self._memory.away.get(shop, Absences())

    def lately(self, shop: str, now: datetime) -> Absences:
        seen = self._memory.away_seen
        if shop not in seen or not seen[shop][0] <= now < seen[shop][0] + timedelta(minutes=1):
            seen[shop] = (now, self.absences(shop))
        return seen[shop][1]

    def put_absences(self, shop: str, absences: Absences, now: datetime) -> bool:
        self._asked("write")
        self._memory.away_seen.pop(shop, None)
        if self._memory.away.get(shop, Absences()).version != absences.version - 1:
            return False
        self._memory.away[shop] = absences
        return True
