"""What admins did: a chain of entries."""

from collections.abc import Iterator
from datetime import date

from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace
from chalicelib.services.ports.purges import UnreadableEvent
from tests.support.store.memory.memory import Port


class AuditLog(Port):
    """Implements services.ports.purges.AuditLog."""

    def latest_audit_event(self) -> ChainPlace | None:
        self._asked("read")
        return self._memory.latest

    def note_audit_event(self, audit_event: AuditEvent) -> bool:
        self._asked("write")
        memory, key = self._memory, (audit_event.at, audit_event.id)
        if audit_event.after != memory.latest or key in memory.audited:
            return False
        memory.audited[key], memory.latest = audit_event, audit_event.place
        return True

    def audit_events(self, since: date, until: date) -> Iterator[AuditEvent | UnreadableEvent]:
        self._asked("read")
        audited = self._memory.audited
        return iter([audited[key] for key in sorted(audited) if since <= key[0].date() <= until])
