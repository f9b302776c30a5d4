"""`verify_audit`: recomputes the hash chains of tickets and orders, to show that nothing is missing, altered or
added."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any

from chalicelib.errors import Unreadable
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy import order_chain
from chalicelib.rules.privacy.hash_chain import Verdict, is_sealed, verdict
from chalicelib.services import console_events
from chalicelib.services.orders.commits import is_order
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.ports.running import Run
from chalicelib.services.privacy import order_holds
from chalicelib.services.privacy.admin_log_audit import verify_month
from chalicelib.services.tickets import calendar

# Only this many are named; the rest are counted.
_MAX_NAMED = 100
_PAGE = 100


def verify_audit(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Verify one ticket or order (`shop`, `reference`), or those opened or placed `from` one day `to` another: how many
    are whole, and which are not and why. `left_off` is the day to continue `from` if time ran out. Or verify the audit
    events of a `month`.

    Raises InvalidEvent.
    """
    fields = console_events.fields(event, "shop", "reference", "from", "to", "month")
    if "month" in fields:
        console_events.fields(event, "month")
        return verify_month(deps, console_events.month(fields))
    shop = console_events.shop(deps, fields)
    if "reference" in fields:
        console_events.fields(event, "shop", "reference")
        return _answer(Counter(), [_one(deps, shop, fields)], None)
    since, until = console_events.days(fields)
    counts, wrong = Counter[str](), list[dict[str, Any]]()
    for day in calendar.days(since, until):
        if not run.time_left():
            return _answer(counts, wrong, day)
        refs = (ref for refs in calendar.pages(deps, shop.id, day) for ref in dict.fromkeys(refs))
        for ref in chain(refs, _orders(deps, shop.id, day)):
            found = _verified(deps, ref)
            if found["log"] == Verdict.WHOLE:
                counts[Verdict.WHOLE] += 1
            else:
                wrong.append(found)
    return _answer(counts, wrong, None)


def verdicts(deps: Deps, ref: str, ticket_partition: TicketPartition) -> dict[str, Verdict]:
    """The verdict on the ticket and its log (""), and on its messages by their ids. `ref`: the requested ticket."""
    ticket, messages = ticket_partition.ticket, ticket_partition.messages
    if ticket.custody.purging:  # the rest of it is being deleted
        return {"": Verdict.WHOLE if ticket.ref == ref and is_sealed(deps.secret, ticket) else Verdict.ALTERED}
    own = (each for each in ticket_partition.log if each.message is None)
    chains = {"": verdict(deps.secret, ticket, own, messages)}
    for message in messages:
        chains[message.id] = verdict(deps.secret, message, [e for e in ticket_partition.log if e.message == message.id])
    known = {None, *(message.id for message in messages)}
    chains |= {each.message or "": Verdict.ADDED for each in ticket_partition.log if each.message not in known}
    chains |= {place if place in chains else "": Verdict.ALTERED for place in ticket_partition.strange}
    # An item of another ticket, put in this one's place, has a valid chain of its own.
    return (
        chains
        | {message.id: Verdict.ALTERED for message in messages if message.ref != ref}
        | ({"": Verdict.ALTERED} if ticket.ref != ref else {})
    )


def _orders(deps: Deps, shop: str, day: date) -> Iterator[str]:
    after = ""
    while refs := deps.orders.placed_on(shop, day, _PAGE, after):
        yield from refs
        after = refs[-1]


def _of_order(deps: Deps, ref: str) -> dict[str, Any]:
    order = deps.orders.order(ref)
    if order is None:
        return {"reference": ref, "log": Verdict.WHOLE, "entries": 0}  # purged since the index was read
    said = order_chain.verdict(deps.secret, order) if order.ref == ref else Verdict.ALTERED
    return {"reference": ref, "log": said, "entries": len(order.log)}


def _one(deps: Deps, shop: Shop, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The result for the requested ticket, even if it is no longer readable as a ticket. Raises InvalidEvent if it is
    another shop's."""
    found = _verified(deps, console_events.reference(fields))
    if found["log"] == Verdict.WHOLE and is_order(found["reference"]):
        order_holds.find(deps, shop, found["reference"])
    elif found["log"] == Verdict.WHOLE:
        console_events.ticket(deps, shop, fields)
    return found


def _verified(deps: Deps, ref: str) -> dict[str, Any]:
    found = _looked_at(deps, ref)
    # If the ticket is written to between two pages of reading, an entry seems to be missing.
    return found if found["log"] == Verdict.WHOLE else _looked_at(deps, ref)


def _looked_at(deps: Deps, ref: str) -> dict[str, Any]:
    if is_order(ref):
        return _of_order(deps, ref)
    try:
        ticket_partition = deps.purges.ticket_partition(ref)
    except Unreadable:
        return {"reference": ref, "log": Verdict.ALTERED, "entries": 0}
    if ticket_partition is None:
        return {"reference": ref, "log": Verdict.WHOLE, "entries": 0}  # purged since the index was read
    wrong = [said for said in verdicts(deps, ref, ticket_partition).values() if said is not Verdict.WHOLE]
    entries = len(ticket_partition.ticket.log) + len(ticket_partition.log)
    return {"reference": ref, "log": wrong[0] if wrong else Verdict.WHOLE, "entries": entries}


def _answer(counts: Counter[str], found: list[dict[str, Any]], left_off: date | None) -> dict[str, Any]:
    wrong = [each for each in found if each["log"] != Verdict.WHOLE]
    whole = counts[Verdict.WHOLE] + len(found) - len(wrong)
    return {
        "whole": whole,
        "wrong": len(wrong),
        "tickets": wrong[:_MAX_NAMED],
        "left_off": left_off.isoformat() if left_off else None,
    }
