"""Agents' absences: one item for each shop, which a process remembers for a minute, so that mails to agents cost no
read each."""

from datetime import datetime, timedelta

from chalicelib.aws.table.codec import Attributes, attributes, decode
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.aws.table.table import Table
from chalicelib.rules.access.absences import KEPT, Absences

REMEMBERED = timedelta(minutes=1)


class AbsenceList:
    """Implements services.ports.access.AbsenceList."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._seen: dict[str, tuple[datetime, Absences]] = {}

    def absences(self, shop: str) -> Absences:
        item = self._table.get(_key(shop))
        return decode(Absences, item) if item else Absences()

    def lately(self, shop: str, now: datetime) -> Absences:
        read_at, known = self._seen.get(shop, (None, Absences()))
        if read_at is None or not read_at <= now < read_at + REMEMBERED:
            known = self.absences(shop)
            self._seen[shop] = (now, known)
        return known

    def put_absences(self, shop: str, absences: Absences, now: datetime) -> bool:
        self._seen.pop(shop, None)
        over = max((each.until for each in absences.all), default=now) + KEPT
        item = attributes(absences) | _key(shop) | {"expires_at": expiry_at(over)}
        return self._table.put_version(item, absences.version)


def _key(shop: str) -> Attributes:
    return key_of(f"AWAY#{shop}", "AWAY")
