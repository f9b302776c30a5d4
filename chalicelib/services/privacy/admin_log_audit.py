"""`verify_audit` with a `month`: recomputes that month's audit events, and their links to the events before and
after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace, judged
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import UnreadableEvent

# Only this many are named; the rest are counted.
_MAX_NAMED = 100
# An event written between two of our requests seems to be missing, so we try again.
_TRIES = 3
_EDGE = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The verdict on an audit event, or on the end of the chain ("")."""

    place: str
    verdict: Verdict


def verify_month(deps: Deps, month: date) -> dict[str, Any]:
    """How many audit events are whole, and which are not and why."""
    for _ in range(_TRIES):
        findings = _looked_at(deps, month)
        wrong = [found for found in findings if found.verdict is not Verdict.WHOLE]
        if not wrong:
            break
    return {
        "month": f"{month:%Y-%m}",
        "whole": len(findings) - len(wrong),
        "wrong": len(wrong),
        "audit_events": [{"audit_event": found.place, "log": found.verdict} for found in wrong[:_MAX_NAMED]],
    }


def named(audit_event: AuditEvent) -> str:
    """An audit event's name in answers: its number and its function's request."""
    return f"{audit_event.number} {audit_event.id}"


def _looked_at(deps: Deps, month: date) -> list[Found]:
    after = (month + timedelta(days=31)).replace(day=1)
    entries = list(deps.audit_log.audit_events(month, after - timedelta(days=1)))
    audit_events = sorted(
        (each for each in entries if isinstance(each, AuditEvent)), key=lambda audit_event: audit_event.number
    )
    found = [Found(each.place, Verdict.ALTERED) for each in entries if isinstance(each, UnreadableEvent)]
    found += [Found(named(audit_event), verdict) for audit_event, verdict in judged(deps.audit(), audit_events)]
    if audit_events and not _follows(deps, audit_events[0]):
        found.append(Found(f"before {named(audit_events[0])}", Verdict.MISSING))
    if not _goes_on(deps, audit_events, month, after):
        found.append(Found(f"after {named(audit_events[-1])}" if audit_events else _EDGE, Verdict.MISSING))
    return found


def _follows(deps: Deps, first: AuditEvent) -> bool:
    """Whether the event before a month's first audit event exists."""
    if first.after is None:
        return first.number == 1
    day = first.after.at.date()
    return any(
        isinstance(audit_event, AuditEvent) and audit_event.place == first.after
        for audit_event in deps.audit_log.audit_events(day, day)
    )


def _goes_on(deps: Deps, audit_events: Sequence[AuditEvent], month: date, after: date) -> bool:
    """Whether a month's last audit event is the latest of all, or the one that the next event names. For a month
    without audit events: whether the next event names none of that month."""
    latest = deps.audit_log.latest_audit_event()
    if latest is None or latest.at.date() < month:
        return not audit_events
    if latest.at.date() < after:
        return any(audit_event.place == latest for audit_event in audit_events)
    later = deps.audit_log.audit_events(after, latest.at.date())
    following = next((audit_event for audit_event in later if isinstance(audit_event, AuditEvent)), None)
    if following is None:
        return False
    return following.after == audit_events[-1].place if audit_events else not _is_within(following.after, month)


def _is_within(place: ChainPlace | None, month: date) -> bool:
    return place is not None and place.at.date() >= month
