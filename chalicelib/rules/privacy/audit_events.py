"""Audit events: what admins did at the console. Each is hashed together with the one before it, so that a missing,
altered or added one is noticed.

They are numbered, and each names the one before. The place of the latest is stored beside them. An audit event and that
place are written together or not at all. So of two at the same time one follows the other, and none is lost (decisions
134 and 135).
"""

import base64
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.rules.identity.keys import Secret, Use
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.stated import digest

_LETTERS = 43
_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ChainPlace:
    """An audit event's place in the chain."""

    number: int
    at: datetime
    proof: str


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What an admin did at the console, for the audit trail; never with personal data. `after`: the place of the audit
    event before it. `proof`: the letter of the secret's version, followed by the keyed hash."""

    id: str
    at: datetime
    actor: str
    action: str
    detail: str = ""
    number: int = 0
    after: ChainPlace | None = None
    proof: str = ""

    @property
    def place(self) -> ChainPlace:
        return ChainPlace(self.number, self.at, self.proof)


def following(secret: Secret, audit_event: AuditEvent, latest: ChainPlace | None) -> AuditEvent:
    """The audit event placed after the latest. Its time is later too, even if this machine's clock is behind."""
    at = max(audit_event.at, latest.at + _LEAST) if latest else audit_event.at
    placed = replace(audit_event, at=at, number=latest.number + 1 if latest else 1, after=latest)
    key = secret.now(Use.AUDIT_EVENTS)
    return replace(placed, proof=key.version + _proof(key.key, placed))


def judged(secret: Secret, audit_events: Iterable[AuditEvent]) -> Iterator[tuple[AuditEvent, Verdict]]:
    """These audit events in order, each with its verdict. MISSING: the one before it is missing."""
    before: AuditEvent | None = None
    for audit_event in sorted(audit_events, key=lambda audit_event: (audit_event.number, audit_event.at)):
        yield audit_event, _verdict(secret, audit_event, before)
        before = audit_event


def _verdict(secret: Secret, audit_event: AuditEvent, before: AuditEvent | None) -> Verdict:
    key = secret.of(audit_event.proof[:1], Use.AUDIT_EVENTS)
    if key is None or not hmac.compare_digest(_proof(key, audit_event).encode(), audit_event.proof[1:].encode()):
        return Verdict.ALTERED
    if before is None:
        return Verdict.WHOLE
    if before.number == audit_event.number:
        return Verdict.ADDED
    return Verdict.WHOLE if audit_event.after == before.place else Verdict.MISSING


def _proof(key: bytes, audit_event: AuditEvent) -> str:
    stated = digest(audit_event, ("proof",)).encode()
    return base64.urlsafe_b64encode(hmac.digest(key, stated, "sha256")).decode()[:_LETTERS]
