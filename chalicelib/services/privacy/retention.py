"""`purge_expired` deletes what has been kept as long as the policy says, with a certificate; `place_legal_hold` and
`lift_legal_hold` exempt a ticket or an order from it for as long as an admin decides."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from chalicelib.errors import InvalidEvent
from chalicelib.rules.privacy.retention import RetentionReason, kept_for
from chalicelib.rules.procedure import ticket_admin
from chalicelib.rules.tickets.clocks import RETAIN
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services import console_events
from chalicelib.services.orders.commits import is_order
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import MIN_TIME
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.ports.running import Run
from chalicelib.services.privacy import order_holds, order_privacy, purging, reason_privacy
from chalicelib.services.privacy.order_holds import LegalHold
from chalicelib.services.privacy.purging import PurgedTickets
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.services.tickets.merged import resolve_merged
from chalicelib.telemetry import logger

CONSOLE = Person("", "console")
_PAGE = 25
# Only this many are named; the rest are counted.
_MAX_NAMED = 100


def purge_expired(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Delete what is due, unfinished deletions first, as far as time allows; `complete` says whether that was all. With
    `dry_run` nothing is deleted, and up to a hundred tickets that would be deleted are named.

    Raises InvalidEvent.
    """
    fields = console_events.fields(event, "dry_run")
    if console_events.boolean(fields, "dry_run"):
        return _would_go(deps, run)
    counts, seen, complete, ready = Counter[str](), set[str](), True, list[PurgedTickets]()
    for ref in _due(deps):
        if ref in seen:
            continue
        if not run.time_left():
            complete = False
            break
        seen.add(ref)
        result = purged(deps, ref, run)
        if isinstance(result, str):
            counts[result] += 1
        else:
            ready.append(result)
        if len(ready) == purging.ROUND:
            counts += _ended(deps, ready)
    counts += _ended(deps, ready)
    complete = complete and not counts.pop("left", 0) and "failed" not in counts
    return {"purged": counts.pop("purged", 0), "kept": dict(counts), "complete": complete}


def place_legal_hold(deps: Deps, event: Any) -> LegalHold:
    """Keep a ticket or an order until `lift_legal_hold`: `shop`, `reference`, `reason` (must name nobody). For a merged
    ticket, the ticket it was merged into is held. Raises InvalidEvent."""
    return _change_hold(deps, event, hold=True)


def lift_legal_hold(deps: Deps, event: Any) -> LegalHold:
    """End a ticket's or an order's legal hold, so that the normal retention applies again: `shop`, `reference`,
    `reason`. Raises InvalidEvent."""
    return _change_hold(deps, event, hold=False)


def _change_hold(deps: Deps, event: Any, *, hold: bool) -> LegalHold:
    fields = console_events.fields(event, "shop", "reference", "reason")
    shop = console_events.shop(deps, fields)
    example = "A court asked for it" if hold else "The case is closed"
    if is_order(asked := console_events.reference(fields)):
        order = order_holds.find(deps, shop, asked)
        given = reason_privacy.reason(fields, example, order_holds.buyers(order))
        return order_holds.change_hold(deps, order, given, hold=hold)
    ticket = resolve_merged(deps, console_events.ticket(deps, shop, fields))
    ref = ticket.ref
    reason = reason_privacy.reason(fields, example, (ticket.requester, ticket.opening.person))
    rule = ticket_admin.place_legal_hold if hold else ticket_admin.lift_legal_hold

    def load() -> Ticket:
        return console_events.ticket(deps, shop, {"reference": ref})

    def decide(ticket: Ticket) -> Change | None:
        if ticket.merged_into:
            raise InvalidEvent({"reference": f"name {ticket.merged_into}, which this ticket has joined"})
        return rule(ticket, reason, CONSOLE, deps.now())

    change = commit_unless_done(deps, load(), decide, load)
    ticket = (change.ticket if change else None) or load()
    retain = ticket.clock(RETAIN)
    return {
        "reference": ref,
        "done": change is not None,
        "on_hold": ticket.custody.legal_hold is not None,
        "kept_until": None if ticket.custody.legal_hold or retain is None else retain.due.isoformat(),
    }


def _due(deps: Deps) -> Iterator[str]:
    """The tickets with a deletion that has begun, then those that are due."""
    for until in (MIN_TIME, deps.now()):
        yield from (entry.ref for entry in deps.work.due(until, _PAGE, "purge"))


def purged(deps: Deps, ref: str, run: Run) -> PurgedTickets | str:
    """The result for a ticket that the index says is due: all but the end of its purge, "left", or the reason why it is
    kept."""
    try:
        return purge(deps, ref, run)
    except Exception:
        # No error may hold up the tickets after it.
        logger.exception("a ticket could not be purged", extra={"ref": ref})
        return "failed"


def _ended(deps: Deps, ready: list[PurgedTickets]) -> Counter[str]:
    if not ready:
        return Counter()
    number, failed = len(ready), purging.end(deps, ready)
    return +Counter(purged=number - failed, failed=failed)


def purge(deps: Deps, ref: str, run: Run, rule: str = purging.RETENTION) -> PurgedTickets | str:
    """Delete a ticket except for the end (`purging.end`), if it may be deleted, or finish a deletion that has begun;
    otherwise returns the reason why not."""
    if is_order(ref):
        begun = order_privacy.begin_purge(deps, ref)
        return PurgedTickets(begun, (ref,)) if begun else "changed"
    ticket_partitions = purging.load_with_merged(deps, ref)
    if not ticket_partitions:
        return "gone"
    name: str | None = ticket_partitions[0].ticket.custody.purging
    if name and ticket_partitions[0].ticket.merged_into:
        return RetentionReason.JOINED.value  # it ends together with the ticket it was merged into
    if not name:
        if why := kept(deps, ticket_partitions, early=rule == purging.ERASURE):
            return why.value
        name = purging.begin(deps, ticket_partitions, rule)
    if name is None:
        return "changed"  # somebody changed it first: the next run sees its new state
    return purging.delete_content(deps, ticket_partitions, name, run) or "left"


def kept(deps: Deps, ticket_partitions: list[TicketPartition], *, early: bool) -> RetentionReason | None:
    messages = (message for ticket_partition in ticket_partitions for message in ticket_partition.messages)
    return kept_for(
        [ticket_partition.ticket for ticket_partition in ticket_partitions], messages, deps.now(), early=early
    )


def _would_go(deps: Deps, run: Run) -> dict[str, Any]:
    counts, named, seen, complete = Counter[str](), list[dict[str, Any]](), set[str](), True
    for ref in _due(deps):
        ticket_partitions = [] if ref in seen or is_order(ref) else purging.load_with_merged(deps, ref)
        counts["would_go"] += is_order(ref) and ref not in seen
        seen.add(ref)
        if not run.time_left():
            complete = False
            break
        if not ticket_partitions:
            continue
        ticket, begun = ticket_partitions[0].ticket, bool(ticket_partitions[0].ticket.custody.purging)
        why = None if begun else kept(deps, ticket_partitions, early=False)
        counts[why.value if why else "would_go"] += 1
        if why is None and len(named) < _MAX_NAMED:
            named.append(_named(ticket, len(ticket_partitions) - 1, begun=begun))
    would_go = counts.pop("would_go", 0)
    return {"dry_run": True, "would_go": would_go, "tickets": named, "kept": dict(counts), "complete": complete}


def _named(ticket: Ticket, joined: int, *, begun: bool) -> dict[str, Any]:
    retain = ticket.clock(RETAIN)
    return {
        "reference": ticket.ref,
        "shop": ticket.shop,
        "kind": ticket.kind,
        "outcome": ticket.outcome,
        "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
        "kept_for": retain.period if retain else None,
        "with": joined,
        "begun": begun,
    }
