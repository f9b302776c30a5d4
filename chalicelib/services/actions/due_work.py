"""A run of due work: processes everything that is due, page by page; several runs at once do no harm."""

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any

from chalicelib.errors import NotSent, UnknownOrder, UnknownTicket
from chalicelib.rules.identity import derived
from chalicelib.rules.procedure import escalating
from chalicelib.rules.tickets.clocks import CHAT
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services import console_events
from chalicelib.services.actions.due_work_runs import each_in_turn
from chalicelib.services.delivery import coalescing
from chalicelib.services.delivery.coalescing import KeptBack
from chalicelib.services.delivery.sending import Progress, send_owed
from chalicelib.services.measuring import Measure, measure
from chalicelib.services.orders.commits import is_order
from chalicelib.services.orders.due import look_after
from chalicelib.services.ports.conflicts import MessageExists, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.running import Run
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.telemetry import logger

_PAGE = 25
# Minutes from one due-work run to the next.
_RUNS_EVERY = 5
BACK = "BACK#"
"""Begins the references of products that are back (services.waiting.telling)."""
# A run starts every five minutes.
_LATE = timedelta(minutes=15)


def escalate_overdue(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Process everything on the due-work index that is due. Raises InvalidEvent if the event is not {}."""
    console_events.fields(event)
    looked_after = dict(look_after_due(deps, run.time_left))
    _close_days(deps)
    return looked_after


def _close_days(deps: Deps) -> None:
    """Once an hour, close the days of the published records that are over (decision 252)."""
    if deps.now().minute >= _RUNS_EVERY:
        return
    from chalicelib.services.record.closing import close_days

    for shop in deps.policy.shops.values():
        if shop.feedback.record:
            close_days(deps, shop)


def look_after_due(deps: Deps, time_left: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Take every promise's step that is due, and send every mail that the stream did not deliver.

    Returns how many due-work index entries were due, done and left. Done is also what others have done or are sending
    (decision 177). Stops when `time_left` returns False; the rest is due at the next run as well.
    """
    entries, kept_back = deps.work.due(deps.now(), _PAGE), KeptBack()
    try:
        due, done = each_in_turn(deps, entries, lambda entry: _looked_after(deps, entry, kept_back), time_left)
    finally:
        coalescing.make_due(deps, kept_back)
    return {"due": due, "done": done, "left": due - done}


def overdue(deps: Deps, limit: int) -> list[ItemRef]:
    """Up to so many entries that an earlier run should have taken: they were due a quarter of an hour ago."""
    return list(islice(deps.work.due(deps.now() - _LATE, limit), limit))


def _looked_after(deps: Deps, entry: ItemRef, kept_back: KeptBack) -> bool:
    try:
        if entry.ref.startswith(BACK):
            from chalicelib.services.waiting.telling import tell  # most runs have no such entry

            return tell(deps, entry.ref)
        if is_order(entry.ref):
            return look_after(deps, entry.ref) is not Progress.UNFINISHED
        ticket = _step(deps, entry.ref, kept_back) if entry.message is None else None
        # What another sender has in hand is due again only if that sender dies.
        return send_owed(deps, entry, ticket) is not Progress.UNFINISHED
    except (UnknownTicket, UnknownOrder):
        return True  # erased since the index was read, with the mails it owed
    except NotSent as error:
        logger.warning("a mail could not be handed over", extra={"ref": entry.ref, "reason": str(error)[:80]})
    except Exception:
        # No error may hold up the entries after it.
        logger.exception("an entry of due work failed", extra={"ref": entry.ref})
    return False


def _step(deps: Deps, ref: str, kept_back: KeptBack) -> Ticket | None:
    """Take the ticket's due steps; the ticket as it is then. The stream sends their mails like all others, but only
    after the run, so that one mail can inform a person about many tickets."""

    def load() -> Ticket | None:
        return deps.tickets.ticket(ref)

    latest = load()
    if latest and latest.clock(CHAT):
        from chalicelib.services.chats import looking  # few tickets are in a chat

        latest = looking.look(deps, latest) if looking.due(deps, latest) else latest

    def decide(ticket: Ticket | None) -> Change | None:
        nonlocal latest
        latest = ticket
        if ticket is None:
            return None  # purged since the index was read
        context = deps.context(deps.policy.shop(ticket.shop))
        change = escalating.step(
            ticket, context, lambda step: derived.message_id(deps.secret, ref, derived.source_of("step", step))
        )
        return coalescing.join(deps, kept_back, ticket.shop, change, context.at) if change else None

    # A step's message exists already if another run has just taken the step.
    change = commit_unless_done(deps, latest, decide, load, stale=(VersionConflict, MessageExists))
    if change is None or change.ticket is None:
        return latest
    measure(Measure.STEPS, change.ticket.shop, change.ticket.kind)
    coalescing.keep_back(kept_back, change.ticket.shop, change)
    return change.ticket
