"""Mails: which ticket one of ours belongs to, what became of those that came, and addresses that get none."""

from collections.abc import Iterable
from datetime import date, datetime

from chalicelib.services.ports.mails import Reconciliation, UndeliveredMail
from chalicelib.services.ports.tickets import ItemRef
from tests.support.store.memory.memory import Port

# DynamoDB takes no longer one.
_MAX_KEY = 2048


class Threads(Port):
    """Implements services.ports.mails.Threads."""

    def ref_of_sent(self, ids: Iterable[str]) -> str | None:
        wanted = list(ids)
        if wanted:
            self._asked("read")
        assert all(_is_key(id) for id in wanted)
        sent = self._memory.sent
        return next((sent[id].ref for id in wanted if id in sent), None)

    def item_of_sent(self, id: str) -> ItemRef | None:
        self._asked("read")
        assert _is_key(id)
        return self._memory.sent.get(id)


class Suppressions(Port):
    """Implements services.ports.mails.Suppressions."""

    def suppress(self, key: str, why: str, until: datetime) -> None:
        self._asked("write")
        self._memory.flags[key] = (why, until)

    def is_suppressed(self, key: str, now: datetime) -> bool:
        self._asked("read")
        flags = self._memory.flags
        return key in flags and now < flags[key][1]


class Objections(Port):
    """Implements services.ports.mails.Objections."""

    def note_objection(self, shop: str, key: str, at: datetime) -> None:
        self._asked("write")
        self._memory.objected.setdefault((shop, key), at)

    def lift_objection(self, shop: str, key: str, at: datetime, ref: str) -> None:
        self._asked("write")
        self._memory.objected.pop((shop, key), None)

    def objected_at(self, shop: str, key: str) -> datetime | None:
        self._asked("read")
        return self._memory.objected.get((shop, key))


class Undeliverable(Port):
    """Implements services.ports.mails.Undeliverable."""

    def note_undeliverable(self, shop: str, undelivered: UndeliveredMail) -> None:
        self._asked("write")
        self._memory.losses.setdefault(shop, set()).add(undelivered)

    def undelivered(self, shop: str, limit: int) -> list[UndeliveredMail]:
        self._asked("read")
        return sorted(self._memory.losses.get(shop, ()), key=lambda undelivered: undelivered.at, reverse=True)[:limit]


class MailLog(Port):
    """Implements services.ports.mails.MailLog."""

    def note_outcome(self, raw_key: str, outcome: str, ref: str | None, now: datetime) -> None:
        self._asked("write")
        self._memory.outcomes.setdefault(raw_key, (outcome, ref))

    def note_attempt(self, raw_key: str, now: datetime) -> int:
        self._asked("write")
        attempts = self._memory.attempts
        attempts[raw_key] = attempts.get(raw_key, 0) + 1
        return attempts[raw_key]

    def forget_attempts(self, raw_key: str) -> None:
        self._asked("write")
        self._memory.attempts.pop(raw_key, None)

    def outcomes_of(self, raw_keys: Iterable[str]) -> dict[str, str]:
        self._asked("read")
        outcomes = self._memory.outcomes
        return {key: outcomes[key][0] for key in raw_keys if key in outcomes}

    def note_reconciliation(self, reconciliation: Reconciliation) -> None:
        self._asked("write")
        self._memory.reconciled[reconciliation.day] = reconciliation

    def reconciliations(self, since: date, until: date) -> list[Reconciliation]:
        self._asked("read")
        reconciled = self._memory.reconciled
        return [reconciled[day] for day in sorted(reconciled) if since <= day <= until]


def _is_key(id: str) -> bool:
    return len(f"SENT#{id}".encode()) <= _MAX_KEY
