"""The console's audit trail: every function that is run there leaves an audit event with what it was asked and what it
answered, without anybody's data (decision 68)."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from chalicelib.errors import AuditWriteFailed, InvalidEvent
from chalicelib.patterns import pattern
from chalicelib.rules.identity import callers
from chalicelib.rules.intake import submission
from chalicelib.rules.privacy.audit_events import AuditEvent, following
from chalicelib.services import console_events
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.telemetry import logger

# Their answers lead to personal data, so they are not returned without an audit event.
GIVE_OUT = frozenset({"export_tickets", "export_subject", "export_audit", "report", "list_quarantine"})
# When run by their schedule, these leave an audit event only if one of these counts is not 0. The work of the due-work
# index and the digests is recorded in tickets' logs and with the digests; 300 runs a day that did nothing would hide
# what people do. A check by the hour changes nothing.
SCHEDULED: dict[str, tuple[str, ...]] = {
    "purge_expired": ("purged",),
    "reconcile": ("put_back", "redriven"),
    "escalate_overdue": (),
    "send_digests": (),
    "health": (),
    "catch_up_orders": (),
    "tell_shops": (),
}
_ASKED = (
    "shop", "reference", "from", "to", "written_since", "after", "kinds", "states", "format", "messages", "dry_run",
    "queue", "action", "recount", "withdraw", "also",
)  # fmt: skip
# For whom an admin acts, or whose mails go to whom.
_AGENTS = ("agent", "substitute")
_CORRECTED = ("name", "new_email", "phone")
_ANSWERED = ("reference", "state", "key", "certificate", "left_off", "failed")
# The form of correct values in these fields. A name or an address does not match.
_PLAIN = pattern(r"[A-Za-z0-9_.:,/+-]{0,200}")
_LONGEST = 1500
_TRIES = 40
_Answer = TypeVar("_Answer", bound=Mapping[str, Any])


def recorded(deps: Deps, name: str, event: Any, request: str, serve: Callable[[], _Answer]) -> _Answer:
    """The function's answer, after its audit event was written. By `request` AWS's own trail shows who ran it. A
    refused event (InvalidEvent) leaves no audit event. Raises AuditWriteFailed if data would be returned without an
    audit event."""
    by_schedule = name in SCHEDULED and console_events.scheduled(event)
    try:
        answer = serve()
    except InvalidEvent:
        raise
    except Exception as error:
        if not by_schedule:
            _noted(deps, name, event, {"failed": type(error).__name__}, request)
        raise
    if by_schedule and not any(answer.get(count) for count in SCHEDULED[name]):
        return answer
    noted = _noted(deps, name, event, answer, request, "schedule" if by_schedule else "console")
    if not noted and name in GIVE_OUT:
        raise AuditWriteFailed
    return answer


def note_begun(deps: Deps, name: str, event: Mapping[str, Any], request: str) -> None:
    """Record the beginning of an action that may never finish, before any of it is done."""
    detail = f"begun=true {_detail(deps, name, event, {})} request={request}"
    _write(deps, f"{request}-begun", "console", name, detail)


def _noted(deps: Deps, name: str, event: Any, answer: Mapping[str, Any], request: str, actor: str = "console") -> bool:
    """Write the audit event if possible. The action is done, so its answer must not be lost; but the fault is
    logged."""
    detail = f"request={request}"
    try:
        detail = f"{_detail(deps, name, event, answer)[:_LONGEST]} {detail}".strip()
        _write(deps, request, actor, name, detail)
    except Exception:
        logger.exception("an audit event could not be written", extra={"audit_event": name, "detail": detail})
        return False
    return True


def _write(deps: Deps, id: str, actor: str, name: str, detail: str) -> None:
    """Append it after the latest audit event; if another one comes first, try again after that."""
    secret = deps.audit()
    for _ in range(_TRIES):
        audit_event = following(
            secret, AuditEvent(id, deps.now(), actor, name, detail), deps.audit_log.latest_audit_event()
        )
        if deps.audit_log.note_audit_event(audit_event):
            return
    raise VersionConflict("audit events come faster than one can be put after them")


def _detail(deps: Deps, name: str, event: Any, answer: Mapping[str, Any]) -> str:
    """The question and the answer, as name=value. The person it is about is named as in certificates."""
    fields = event if isinstance(event, Mapping) else {}
    asked: dict[str, Any] = {field: fields[field] for field in _ASKED if fields.get(field) is not None}
    if isinstance(address := fields.get("email"), str):
        asked["subject"] = console_events.subject(deps, str(fields.get("shop")), _person(deps, fields, address))
    agents = {name: address for name in _AGENTS if (address := _agent(deps, fields, name))}
    if corrected := [field for field in _CORRECTED if fields.get(field) is not None]:
        asked["corrects"] = corrected
    detail = {field: _plain(value) for field, value in asked.items()} | agents
    detail |= {field: _plain(value) for field, value in _answered(answer).items()}
    if name == "erase_subject" and "failed" not in answer:
        detail["reason"] = f'"{submission.one_line(fields["reason"])}"'  # it names nobody, or would have been refused
    return " ".join(f"{field}={value}" for field, value in detail.items())


def _person(deps: Deps, fields: Mapping[str, Any], address: str) -> str:
    """The address as certificates have it, however a telephone number was written."""
    shop = deps.policy.shops.get(str(fields.get("shop")))
    return (callers.asked(address, shop.country) if shop else "") or address


def _agent(deps: Deps, fields: Mapping[str, Any], name: str) -> str:
    """The agent of this field: an agent's address is no customer's."""
    shop = deps.policy.shops.get(str(fields.get("shop")))
    agent = shop.agent(str(fields.get(name))) if shop else None
    return agent.address if agent else ""


def _answered(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer's counts, the length of each of its lists, and those texts that contain no personal data."""
    detail: dict[str, Any] = {}
    for name, value in answer.items():
        if isinstance(value, bool | int) or (isinstance(value, str) and name in _ANSWERED):
            detail[name] = value
        elif isinstance(value, list):
            detail[name] = len(value)
        elif isinstance(value, Mapping):
            detail |= {f"{name}.{of}": count for of, count in value.items() if isinstance(count, int)}
    return detail


def _plain(value: Any) -> str:
    if isinstance(value, list):
        value = ",".join(map(str, value))
    text = str(value).lower() if isinstance(value, bool) else str(value).strip()
    return text if _PLAIN.fullmatch(text) else "…"
