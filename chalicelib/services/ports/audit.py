"""The audit trail: what admins did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace


@dataclass(frozen=True, slots=True)
class UnreadableEvent:
    """An item in the audit trail that is no audit event, or not one in the form that Aftercare writes."""

    place: str


class AuditLog(Protocol):
    """A hash chain of audit events."""

    def latest_audit_event(self) -> ChainPlace | None:
        """The end of the audit trail. If somebody altered it, returns the parts that can still be read, so that the
        trail can continue."""

    def note_audit_event(self, audit_event: AuditEvent) -> bool:
        """Append the event to the trail after the one it follows, in one request; False if another event came first."""

    def audit_events(self, since: date, until: date) -> Iterator[AuditEvent | UnreadableEvent]:
        """The events of these days (UTC), both included, in order, read page by page."""
