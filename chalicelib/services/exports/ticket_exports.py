"""`export_tickets`: the tickets of a period as a spreadsheet or JSON, read day by day through the calendar index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chalicelib.errors import UnknownFile
from chalicelib.rules.exports import formats
from chalicelib.rules.exports.columns import Exported
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Message, State, Ticket
from chalicelib.services import console_events
from chalicelib.services.exports.export_growth import Step
from chalicelib.services.exports.exporting import LINK_SECONDS, ExportJob, order_id, proceed
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.exports import Export
from chalicelib.services.ports.running import Run
from chalicelib.services.tickets import calendar
from chalicelib.services.tickets.filing import whole_text

# How long the files bucket's lifecycle keeps exports.
KEPT = timedelta(days=3)
_NEXT = "It goes on by itself. Press Test again with the same event to see how far it is, and for the file."
_FIELDS = ("shop", "from", "to", "kinds", "states", "format", "messages")


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What the event requests."""

    shop: Shop
    since: date
    until: date
    kinds: tuple[str, ...]
    states: tuple[str, ...]
    format: str
    messages: bool


def export_tickets(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Export the tickets that were opened on the days `from` to `to` (UTC), both included. The same event again
    continues the export, or answers with the finished file. Raises InvalidEvent with a sentence on what to type."""
    wanted = _wanted(deps, event)
    days = f"{wanted.since}/{wanted.until}"
    what = (*sorted(wanted.kinds), *sorted(wanted.states), wanted.format, str(wanted.messages))
    job = ExportJob(
        name="export_tickets",
        event=event,
        id=order_id(deps, "export_tickets", wanted.shop.id, days, *what),
        file=f"{wanted.shop.id}-tickets-{wanted.since}-{wanted.until}.{wanted.format}",
        content_type=formats.CONTENT_TYPES[wanted.format],
        make=lambda state: _Tickets(deps, wanted, state),
    )
    export = proceed(deps, job, run)
    asked = {"shop": wanted.shop.id, "from": wanted.since.isoformat(), "to": wanted.until.isoformat()}
    return asked | {"format": wanted.format, "messages_too": wanted.messages} | answer(deps, job, export)


def answer(deps: Deps, job: ExportJob, export: Export) -> dict[str, Any]:
    """The export's progress, and the link to its file once it is finished."""
    counts = {"tickets": export.tickets, "messages": export.messages, "bytes": export.size}
    if export.finished_at is None:
        return {"finished": False, **counts, "done_until": export.cursor, "next": _NEXT}
    ends = deps.now() + timedelta(seconds=LINK_SECONDS)
    return {
        "finished": True,
        "as_of": export.begun_at.isoformat(timespec="seconds"),
        **counts,
        "key": export.key,
        "url": deps.files.link(export.key, job.file, job.content_type, LINK_SECONDS),
        "url_expires_at": ends.isoformat(timespec="seconds"),
        "file_deleted_after": (export.begun_at + KEPT).date().isoformat(),
    }


def _wanted(deps: Deps, event: Any) -> ExportRequest:
    fields = console_events.fields(event, *_FIELDS)
    shop = console_events.shop(deps, fields)
    since, until = console_events.days(fields)
    return ExportRequest(
        shop,
        since,
        until,
        console_events.choices(fields, "kinds", shop.kinds),
        console_events.choices(fields, "states", State),
        console_events.choice(fields, "format", formats.CONTENT_TYPES, default="csv"),
        console_events.boolean(fields, "messages"),
    )


class _Tickets:
    """Writes the file: a step for each page of a day's tickets; with messages, a step for each ticket."""

    def __init__(self, deps: Deps, wanted: ExportRequest, state: str) -> None:
        self._deps, self._wanted = deps, wanted
        self._format = formats.make(wanted.format, wanted.messages, state)

    def steps(self, cursor: str) -> Iterator[Step]:
        begun, _, after = cursor.partition(" ")
        day = date.fromisoformat(begun) if begun else self._wanted.since
        while day <= self._wanted.until:
            yield from self._day(day, after)
            day, after = day + timedelta(days=1), ""

    def _day(self, day: date, after: str) -> Iterator[Step]:
        for refs in calendar.pages(self._deps, self._wanted.shop.id, day, after):
            yield from self._with_messages(day, refs) if self._wanted.messages else [self._alone(day, refs)]

    def _alone(self, day: date, refs: list[str]) -> Step:
        tickets = [ticket for ticket in self._deps.tickets.find_tickets(refs) if self._asked_for(ticket)]
        zone = self._wanted.shop.hours.zone
        content = b"".join(self._format.ticket([Exported(ticket, zone)]) for ticket in tickets)
        return Step(f"{day} {refs[-1]}", content, len(tickets))

    def _with_messages(self, day: date, refs: list[str]) -> Iterator[Step]:
        for ref in refs:
            ticket, found = self._deps.tickets.conversation(ref)
            if ticket and self._asked_for(ticket):
                # Messages of merged tickets are exported with their own tickets.
                messages = [ticket.opening, *(message for message in found if message.ref == ref)]
                yield Step(f"{day} {ref}", self._written(ticket, messages), 1, len(messages))
            else:
                yield Step(f"{day} {ref}", b"")

    def _written(self, ticket: Ticket, messages: Iterable[Message]) -> bytes:
        zone = self._wanted.shop.hours.zone
        rows = [Exported(ticket, zone, message, exported_text(self._deps, message)) for message in messages]
        return self._format.ticket([Exported(ticket, zone), *rows])

    def _asked_for(self, ticket: Ticket) -> bool:
        return ticket.kind in self._wanted.kinds and ticket.state in self._wanted.states

    def pause(self) -> bytes:
        return self._format.pause()

    @property
    def state(self) -> str:
        return self._format.state

    def drain_directory(self) -> bytes:
        return self._format.drain_directory()

    def close(self, earlier: Iterable[bytes]) -> bytes:
        return self._format.close(earlier)


def exported_text(deps: Deps, message: Message) -> str:
    """The message's full text; if its file was deleted since, its beginning, which is still in the table."""
    try:
        return whole_text(deps, message)
    except UnknownFile:
        return message.text
