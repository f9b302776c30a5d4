"""The trail of what admins did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """What stands at a place in the audit trail and is no audit event, or none as Aftercare writes them."""

    place: str


class AuditLog(Protocol):
    """A chain of entries."""

    def latest_audit_event(self) -> ChainPlace | None:
        """Where the audit trail stands. Of what was altered there whatever can be read, so that it can go on."""

    def note_audit_event(self, audit_event: AuditEvent) -> bool:
        """Put it into the audit trail after the one it follows, in one request; False when another came first."""

    def audit_events(self, since: date, until: date) -> Iterator[AuditEvent | UnreadableEvent]:
        """Those of these days (UTC), both included, in order, read a page at a time."""
