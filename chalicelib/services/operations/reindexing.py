"""`reindex`: puts the words of some days' tickets into the search index again, for what the table's stream gave up on.

The stream forgets a change after a day, and its dead letters have only its place. So this reads the tickets themselves.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal, NotRequired, TypedDict

from chalicelib.rules.policy.model import Shop
from chalicelib.services import console_events
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.ports.running import Run
from chalicelib.services.tickets import calendar, indexing
from chalicelib.telemetry import logger


class Reindexed(TypedDict):
    """`left`: tickets that are being deleted, or from which somebody is being erased; `failed`: the function's log says
    why. If time ran out, `next` is the event to continue with, and `goes_on` whether that has been started."""

    indexed: int
    left: int
    failed: int
    complete: bool
    goes_on: NotRequired[bool]
    next: NotRequired[dict[str, Any]]


def reindex(deps: Deps, event: Any, run: Run) -> Reindexed:
    """Index again the tickets that were opened `from` one day `to` another, of one `shop` or of all; with
    `written_since` (a day) only those in which something was written or changed since. `after`: only tickets with later
    references on the first day. If time runs out, it continues automatically. Raises InvalidEvent."""
    fields = console_events.fields(event, "shop", "from", "to", "written_since", "after")
    shops = [console_events.shop(deps, fields)] if "shop" in fields else list(deps.policy.shops.values())
    written_since = console_events.day(fields, "written_since") if "written_since" in fields else date.min
    after = console_events.reference(fields, "after") if "after" in fields else ""
    since, until = console_events.days(fields)
    answer = Reindexed(indexed=0, left=0, failed=0, complete=True)
    latest_day = since
    for day, ref in _refs(deps, shops, since, until, after):
        if not run.time_left():
            rest = {**fields, "from": day.isoformat(), "after": after if day == latest_day and after else None}
            return {**answer, "complete": False, "goes_on": run.again(rest), "next": rest}
        result = _indexed(deps, ref, written_since)
        if result:
            answer[result] += 1
        latest_day, after = day, ref
    return answer


def _refs(deps: Deps, shops: Sequence[Shop], since: date, until: date, after: str) -> Iterator[tuple[date, str]]:
    """The tickets of each day in the order of their references; on the first day only those after `after`."""
    in_order = sorted(shops, key=lambda shop: f"{shop.prefix}-")
    for day in calendar.days(since, until):
        for shop in in_order:
            for refs in calendar.pages(deps, shop.id, day, after if day == since else ""):
                yield from ((day, ref) for ref in refs)


def _indexed(deps: Deps, ref: str, written_since: date) -> Literal["indexed", "left", "failed"] | None:
    """The count to which the ticket belongs; None if it is gone, or nothing was written in it since."""
    try:
        ticket_partition = deps.purges.ticket_partition(ref)
        if ticket_partition is None or _latest(ticket_partition) < written_since:
            return None
        custody = ticket_partition.ticket.custody
        if custody.purging or custody.leaving:
            return "left"  # words put now could stay after the ticket or the person is gone
        indexing.index_again(deps, ticket_partition)
    except Exception:
        # No error may hold up the tickets after it.
        logger.exception("a ticket could not be indexed", extra={"ref": ref})
        return "failed"
    return "indexed"


def _latest(ticket_partition: TicketPartition) -> date:
    """The day of the latest message or log entry."""
    ticket, messages = ticket_partition.ticket, ticket_partition.messages
    moments = (
        ticket.opened_at,
        *(message.at for message in messages),
        *(each.entry.at for each in ticket_partition.log),
    )
    return max(moments).date()
