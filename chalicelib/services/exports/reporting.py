"""`report`: statistics of a shop's tickets in a period, as an answer and as a spreadsheet."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from chalicelib.errors import InvalidEvent
from chalicelib.rules.exports import reporting
from chalicelib.rules.exports.formats import csv_lines
from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import Outcome
from chalicelib.rules.tickets.ticket import OWED, State, Ticket
from chalicelib.services import console_events
from chalicelib.services.exports.exporting import LINK_SECONDS
from chalicelib.services.help import missing
from chalicelib.services.learning.recounting import Recount
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import MIN_TIME
from chalicelib.services.ports.running import Run
from chalicelib.services.tickets import calendar
from chalicelib.services.tickets.filing import EXPORTS

_OPEN = (State.OPEN, State.WAITING, State.REFERRED, OWED)
# A report has the time to count every ticket.
_ALL = 1_000_000_000


def report(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Count the tickets opened on the days `from` to `to` (UTC), both included, and the promises kept and missed on
    these days. With `recount`, the counts of these days are compared with a count of their tickets. Raises InvalidEvent
    with a sentence on what to type."""
    fields = console_events.fields(event, "shop", "from", "to", "recount")
    shop = console_events.shop(deps, fields)
    since, until = console_events.days(fields)
    counted, recount = reporting.Report(), Recount() if _recounts(fields) else None
    for tickets in _pages(deps, shop, since, until):
        counted.count(tickets)
        if recount:
            recount.count(deps, tickets)
        if not run.time_left():
            raise InvalidEvent({"to": "ask for fewer days: these hold more tickets than one run can count"})
    kept, missed = deps.digests.sla_counted(shop.id, since, until)
    figures = {"shop": shop.id, "from": since.isoformat(), "to": until.isoformat()} | counted.to_dict()
    figures["promises"] = {"kept": kept, "missed": missed, "kept_percent": _percent(kept, missed)}
    figures["help"] = _help(deps, shop, since, until, counted.by.get("outcome", {}))
    overdue = (deps.inbox.inbox(shop.id, state, 0, MIN_TIME, deps.now(), _ALL)[1] for state in _OPEN)
    figures["overdue_now"] = sum(count.number for count in overdue)
    compared = {"recount": recount.compared(deps, shop, since, until)} if recount else {}
    return figures | compared | _file(deps, figures)


def _recounts(fields: Mapping[str, Any]) -> bool:
    asked = fields.get("recount", False)
    if not isinstance(asked, bool):
        raise InvalidEvent({"recount": 'write true or false, for example {"recount": true}'})
    return asked


def _help(deps: Deps, shop: Shop, since: date, until: date, outcomes: Mapping[str, int]) -> dict[str, Any]:
    """What the help did, and what it lacks. Only what customers said counts as answered by it: by the button of an
    acknowledgement, or below an article; never that somebody has given up."""
    said = {
        f"{each.slug} ({language})": {"yes": each.yes, "no": each.no}
        for language in shop.languages
        for each in deps.help_counts.answers(shop.id, language, since, until)
    }
    lacking = {
        f"{gap.word} ({gap.language})": {"in_vain": gap.times, "before_a_ticket": gap.followed}
        for gap in missing.gaps(deps, shop)
    }
    return {
        "answered_by_article": outcomes.get(Outcome.SELF_SERVED, 0),
        "articles_helped": said,
        "write_articles_about": lacking,
    }


def _pages(deps: Deps, shop: Shop, since: date, until: date) -> Iterator[list[Ticket]]:
    for day in calendar.days(since, until):
        for refs in calendar.pages(deps, shop.id, day):
            yield deps.tickets.find_tickets(refs)


def _percent(kept: int, missed: int) -> int | None:
    return round(100 * kept / (kept + missed)) if kept + missed else None


def _file(deps: Deps, figures: dict[str, Any]) -> dict[str, Any]:
    lines = csv_lines([("name", "value"), *reporting.rows(figures)], csv.QUOTE_MINIMAL)
    now = deps.now()
    file = f"{figures['shop']}-report-{figures['from']}-{figures['to']}.csv"
    id = derived.source_of(file, now.isoformat())[:20]
    key = f"{EXPORTS}{id}/{file}"
    deps.files.keep(key, BOM_UTF8 + lines, "text/csv; charset=utf-8")
    ends = now + timedelta(seconds=LINK_SECONDS)
    url = deps.files.link(key, file, "text/csv; charset=utf-8", LINK_SECONDS)
    return {"key": key, "url": url, "url_expires_at": ends.isoformat(timespec="seconds")}
