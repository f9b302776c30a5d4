"""`export_audit`: who did what, on the tickets opened in a period and at the console, with the hash chains that prove
it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.errors import Unreadable
from chalicelib.rules.exports.formats import csv_lines
from chalicelib.rules.exports.spreadsheets import cell
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy.audit_events import AuditEvent, judged
from chalicelib.rules.privacy.hash_chain import Verdict
from chalicelib.rules.tickets.ticket import LogEntry
from chalicelib.services import console_events
from chalicelib.services.exports.export_growth import Step
from chalicelib.services.exports.exporting import ExportJob, order_id, proceed
from chalicelib.services.exports.ticket_exports import answer
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import UnreadableEvent
from chalicelib.services.ports.running import Run
from chalicelib.services.privacy import auditing
from chalicelib.services.tickets import calendar

_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
COLUMNS = ("reference", "chain", "version", "number", "at", "actor", "action", "detail", "where", "verdict", "head")
"""`chain`: the ticket's own (empty), that of one of its messages (its id), or `console`: admins' actions that belong to
no single ticket. `version` and `number` are the entry's place in the chain. `where`: `console` if an admin acted there
in the name of the actor. `head`: the head of the chain, which proves it; `verdict`: whether the stored entries match
it. An item that is no longer a valid entry is listed as `altered`, with its key as the detail."""
_CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class _ExportRequest:
    shop: Shop
    since: date
    until: date
    format: str


def export_audit(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Export the logs of the tickets opened on the days `from` to `to` (UTC), and the audit events of these days, in
    `format` csv or jsonl. Raises InvalidEvent with a sentence on what to type."""
    fields = console_events.fields(event, "shop", "from", "to", "format")
    shop = console_events.shop(deps, fields)
    since, until = console_events.days(fields)
    wanted = _ExportRequest(shop, since, until, console_events.choice(fields, "format", _TYPES, default="csv"))
    days = f"{since}/{until}"
    job = ExportJob(
        name="export_audit",
        event=event,
        id=order_id(deps, "export_audit", shop.id, days, wanted.format),
        file=f"{shop.id}-audit-{since}-{until}.{wanted.format}",
        content_type=_TYPES[wanted.format],
        make=lambda state: _Logs(deps, wanted, state),
    )
    request = {"shop": shop.id, "from": since.isoformat(), "to": until.isoformat(), "format": wanted.format}
    found = answer(deps, job, proceed(deps, job, run))
    return request | {("entries" if name == "messages" else name): value for name, value in found.items()}


class _Logs:
    """Writes the file: one step for each ticket's log, and one for the audit events of the console."""

    def __init__(self, deps: Deps, wanted: _ExportRequest, state: str) -> None:
        self._deps, self._wanted, self.state = deps, wanted, state

    def steps(self, cursor: str) -> Iterator[Step]:
        begun, _, after = cursor.partition(" ")
        if begun == _CONSOLE:
            return
        day = date.fromisoformat(begun) if begun else self._wanted.since
        while day <= self._wanted.until:
            for refs in calendar.pages(self._deps, self._wanted.shop.id, day, after):
                for ref in refs:
                    rows = list(self._ticket(ref))
                    yield Step(f"{day} {ref}", self._written(rows), 1 if rows else 0, len(rows))
            day, after = day + timedelta(days=1), ""
        rows = list(self._console())
        yield Step(_CONSOLE, self._written(rows), 0, len(rows))

    def _ticket(self, ref: str) -> Iterator[tuple[Any, ...]]:
        try:
            ticket_partition = self._deps.purges.ticket_partition(ref)
        except Unreadable:
            yield _unread(ref, "", "")
            return
        if ticket_partition is None:
            return
        verdicts = auditing.verdicts(self._deps, ref, ticket_partition)
        heads = {"": ticket_partition.ticket.log_head} | {
            message.id: message.log_head for message in ticket_partition.messages
        }
        for number, entry in enumerate(ticket_partition.ticket.log):
            yield (ref, "", 1, number, *_said(entry), verdicts[""], heads[""])
        for logged in sorted(ticket_partition.log, key=lambda one: (one.entry.at, one.version, one.number)):
            chain = logged.message or ""
            proof = (verdicts.get(chain, ""), heads.get(chain, ""))
            yield (ref, chain, logged.version, logged.number, *_said(logged.entry), *proof)
        yield from (_unread(ref, "", place) for place in ticket_partition.strange if place not in heads)

    def _console(self) -> Iterator[tuple[Any, ...]]:
        """The audit events of all shops, because some concern all of them."""
        found = list(self._deps.audit_log.audit_events(self._wanted.since, self._wanted.until))
        audit_events = [each for each in found if isinstance(each, AuditEvent)]
        for audit_event, verdict in judged(self._deps.audit(), audit_events):
            columns = (_moment(audit_event.at), audit_event.actor, audit_event.action, audit_event.detail, "")
            yield ("", _CONSOLE, 1, audit_event.number, *columns, verdict, audit_event.proof)
        yield from (_unread("", _CONSOLE, each.place) for each in found if isinstance(each, UnreadableEvent))

    def _written(self, rows: Iterable[tuple[Any, ...]]) -> bytes:
        if self._wanted.format == "jsonl":
            lines = (json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) for row in rows)
            return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
        return self._head() + csv_lines([cell(str(value)) for value in row] for row in rows)

    def _head(self) -> bytes:
        if self.state:
            return b""
        self.state = "begun"
        return ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()

    def pause(self) -> bytes:
        return b""

    def drain_directory(self) -> bytes:
        return b""

    def close(self, earlier: Iterable[bytes]) -> bytes:
        return b""


def _said(entry: LogEntry) -> tuple[str, ...]:
    return _moment(entry.at), entry.actor, entry.action, entry.detail, _CONSOLE if entry.at_console else ""


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _unread(ref: str, chain: str, place: str) -> tuple[Any, ...]:
    return (ref, chain, "", "", "", "", "", place, "", Verdict.ALTERED, "")
