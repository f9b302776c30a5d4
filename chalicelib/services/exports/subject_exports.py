"""`export_subject`: everything a shop stores about one person, as a ZIP to read and to pass on (GDPR Art. 15, 20)."""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from chalicelib.rendering import pages, words
from chalicelib.rules.exports.zip_stream import Zip
from chalicelib.rules.identity.callers import is_caller, number_of
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.redaction import Redactor
from chalicelib.rules.procedure.answers.agreement import Agreement
from chalicelib.services import console_events
from chalicelib.services.actions import confirming
from chalicelib.services.customer.policy_page import BACKUPS
from chalicelib.services.delivery import agreements, objections
from chalicelib.services.exports import subject_orders, subject_records
from chalicelib.services.exports.export_growth import Step
from chalicelib.services.exports.exporting import REBUILD, ExportJob, order_id, proceed
from chalicelib.services.exports.subject_records import SubjectTicket
from chalicelib.services.exports.ticket_exports import answer
from chalicelib.services.messages.places import main_address
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.running import Run
from chalicelib.services.ports.search import SearchHit
from chalicelib.services.privacy import subjects
from chalicelib.services.tickets import indexing

_PAGE = 50
# The person's own tickets come first, then other customers' tickets in which they took part.
_OWN, _PART = "own", "part"
# All tickets of a person whom several addresses stand for: a messenger's user, or who is known by a number.
_KNOWN = "known"


def export_subject(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Export what the shop stores about the person with the address or telephone number `email`. The same event again
    continues the export, or answers with the finished file; `rebuild` makes it again with the current data. Raises
    InvalidEvent."""
    fields = console_events.fields(event, "shop", "email", REBUILD)
    shop = console_events.shop(deps, fields)
    address = main_address(deps, shop, console_events.person(shop, fields))
    known = subjects.known_as(deps, shop, address)
    id = order_id(deps, "export_subject", shop.id, address)
    job = ExportJob(
        name="export_subject",
        event=event,
        id=id,
        file=f"{shop.id}-personal-data-{id[:8]}.zip",
        content_type="application/zip",
        make=lambda state: _Archive(deps, shop, known, state),
        rebuild=console_events.boolean(fields, REBUILD),
    )
    export = proceed(deps, job, run)
    reply = {"shop": shop.id} | answer(deps, job, export) | subjects.beside(subjects.numbered(deps, shop, known))
    if not export.finished_at:
        return reply
    reply["identity"] = [record for each in known for record in confirming.records(deps, shop, each)]
    reply["objected_to_adverts_at"] = _stated(_objected_at(deps, shop, known))
    found = export.tickets > 0 or subject_orders.has_any(deps, shop, address)
    found = found or bool(deps.waiting.waiting_of(shop.id, address))
    return reply | {"found": found, "before_handing_it_out": _CONFIRM}


_CONFIRM = (
    "Hand it out only to the person themselves: to this very address, or after they have proven who they are. It is in "
    "nobody's hands but yours until you do."
)


class _Archive:
    """Writes the archive: a step for each file of each ticket, and an index at the end."""

    def __init__(self, deps: Deps, shop: Shop, known: Sequence[str], state: str) -> None:
        self._deps, self._shop, self._address, self._known = deps, shop, known[0], known
        self._zip = Zip(state)
        self._rows: list[dict[str, Any]] = []
        # The language of the newest ticket, if there are templates in it.
        newest = [each for address in known for each in deps.tickets.tickets_of(shop.id, address, 1)]
        latest = deps.tickets.ticket(newest[0].ref) if newest else None
        self._language = pages.spoken(latest.language if latest else "", shop.languages[0])
        marks = (words.phrase(self._language, f"subject.masked.{whose}") for whose in ("agent", "other"))
        agent, other = marks
        self._redactor = Redactor(shop, known[0], (agent, other), also=tuple(known))

    def steps(self, cursor: str) -> Iterator[Step]:
        """The cursor contains: which list, its last ticket that was begun, and how many of that ticket's files are
        done."""
        phases = (_OWN, _PART) if len(self._known) == 1 else (_KNOWN,)
        phase, moment, ref, done = (cursor.split(" ") if cursor else (phases[0], "", "", "0"))[:4]
        place = SearchHit(datetime.fromisoformat(moment), ref) if ref else None
        for each in phases:
            if phase == _PART and each == _OWN:
                continue
            if each != phase:
                place, done = None, "0"
            if place and int(done):
                yield from self._ticket(each, place, int(done))
            for hit in self._mentions(each, place):
                yield from self._ticket(each, hit, 0)

    def _mentions(self, phase: str, after: SearchHit | None) -> Iterator[SearchHit]:
        if phase == _KNOWN:
            yield from (hit for hit in self._hits() if after is None or _order(hit) < _order(after))
            return
        more = True
        while more:
            if phase == _OWN:
                page = self._deps.tickets.opened_by(self._shop.id, self._address, _PAGE, after)
                more = bool(page)
            else:
                word = participants.as_word(self._address)
                page, more = indexing.hits(self._deps, self._shop.id, word, _PAGE, after)
            yield from page
            after = page[-1] if page else after

    def _hits(self) -> list[SearchHit]:
        """The tickets of whom several addresses stand for, the newest first."""
        with_number = subjects.numbered(self._deps, self._shop, self._known)
        refs = list(subjects.places(self._deps, self._shop, self._known, with_number))
        pages = (self._deps.tickets.find_tickets(refs[first : first + _PAGE]) for first in range(0, len(refs), _PAGE))
        hits = (SearchHit(ticket.opened_at, ticket.ref) for page in pages for ticket in page)
        return sorted(hits, key=_order, reverse=True)

    def _ticket(self, phase: str, hit: SearchHit, done: int) -> Iterator[Step]:
        """The ticket's files that are not done yet. The last file counts the ticket; its number is 0: all are done."""
        place = f"{phase} {hit.opened_at.isoformat()} {hit.ref}"
        contents = subject_records.subject_ticket(self._deps, self._shop, self._redactor, self._language, hit.ref)
        elsewhere = contents and phase != _KNOWN and contents.listed != (phase == _OWN)
        if contents is None or elsewhere or not contents.messages:
            yield Step(f"{place} 0", b"")
            return
        for number, piece in enumerate(contents.pieces, 1):
            if number > done:
                yield self._step(place, number, contents, self._zip.file(piece.name, piece.content()))

    def _step(self, place: str, number: int, contents: SubjectTicket, content: bytes) -> Step:
        if number < len(contents.pieces):
            return Step(f"{place} {number}", content)
        self._rows.append(contents.row)
        return Step(f"{place} 0", content, 1, len(contents.messages))

    def pause(self) -> bytes:
        return self._zip.pause()

    @property
    def state(self) -> str:
        return self._zip.state

    def drain_directory(self) -> bytes:
        """The ZIP's directory entries and the index's rows, as a line of JSON."""
        rows, self._rows = self._rows, []
        kept = {"zip": base64.b64encode(self._zip.drain_directory()).decode(), "rows": rows}
        return json.dumps(kept).encode() + b"\n"

    def close(self, earlier: Iterable[bytes]) -> bytes:
        saved = [json.loads(line) for lines in earlier for line in lines.splitlines()]
        rows = [row for kept in saved for row in kept["rows"]] + self._rows
        records = [base64.b64decode(kept["zip"]) for kept in saved]
        view = self._index(rows)
        html = pages.page("subject/index", self._language, shop=self._shop, **view)
        written = json.dumps(view["data"], ensure_ascii=False, indent=2)
        files = {"index.html": html, "data.json": written}
        content = b"".join(self._zip.file(name, text.encode("utf-8", "replace")) for name, text in files.items())
        return content + self._zip.close(records)

    def _index(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        went_to: dict[str, set[str]] = {}
        for row in rows:
            for party in row["went_to"]:
                went_to.setdefault(party["name"], set()).update(party["facts"])
        objected_at = _objected_at(self._deps, self._shop, self._known)
        made = (agreements.stored(self._deps, self._shop, each) for each in self._known)
        number = number_of(self._address).shown if is_caller(self._address) else ""
        told, orders = subject_orders.orders(self._deps, self._shop, self._address)
        data = {
            "shop": self._shop.name,
            "email": "" if number else self._address,
            "phone": number,
            "made_at": self._deps.now().isoformat(timespec="seconds"),
            "tickets": [{name: value for name, value in row.items() if name != "said"} for row in rows],
            "orders": told,
            "went_to": {name: sorted(facts) for name, facts in sorted(went_to.items())},
            "objected_to_adverts_at": _stated(objected_at),
            "contact_agreement": agreed(self._shop, next(filter(None, made), None)),
            "waits_for": [
                {
                    "product": each.sku,
                    "asked_at": _stated(each.asked_at),
                    "confirmed_at": _stated(each.confirmed_at),
                    "until": _stated(each.until),
                }
                for each in self._deps.waiting.waiting_of(self._shop.id, self._address)
            ],
        }
        made_at = self._deps.now()
        view = {"data": data, "tickets": rows, "orders": orders, "made_at": made_at}
        return view | {"backups": BACKUPS, "objected_at": objected_at}


def agreed(shop: Shop, agreement: Agreement | None) -> dict[str, Any] | None:
    """The contact agreement; why it was made is in its ticket's log. Its agent is called as on the customer's page."""
    if agreement is None:
        return None
    agent = shop.agent(agreement.agent)
    return {
        "ticket": agreement.ref,
        "agreed_at": _stated(agreement.at),
        "until": _stated(agreement.until),
        "answered_every_days": agreement.every_days or None,
        "answered_by": agent.name.split()[0] if agent else shop.name if agreement.agent else None,
        "only_in_writing": agreement.in_writing,
    }


def _objected_at(deps: Deps, shop: Shop, known: Sequence[str]) -> datetime | None:
    return next(filter(None, (objections.objected_at(deps, shop.id, each) for each in known)), None)


def _order(hit: SearchHit) -> tuple[datetime, str]:
    return hit.opened_at, hit.ref


def _stated(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
