"""Where a merged conversation continues, and what it contained before the merge."""

from collections.abc import Callable, Sequence

from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.procedure.merging import MAX_MERGED
from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.opening import find


def resolve_merged(deps: Deps, ticket: Ticket) -> Ticket:
    """Follow merges from this ticket to the last one; the ticket itself if it was not merged."""
    for _ in range(MAX_MERGED):
        into = deps.tickets.ticket(ticket.merged_into) if ticket.merged_into else None
        if into is None:
            break
        ticket = into
    return ticket


def already_on_merged(deps: Deps, ticket: Ticket, id_on: Callable[[str], str]) -> Message | None:
    """The message as it was stored on a ticket that was merged into this one later; `id_on` derives its id there."""
    found = (deps.tickets.message(ref, id_on(ref)) for ref in ticket.merged_from)
    return next((message for message in found if message), None)


def opened_before(deps: Deps, shop: Shop, ticket: Ticket, source: str, fingerprint: str) -> bool:
    """Whether this submission opened the ticket, or a ticket that was merged into it."""
    if (ticket.source, ticket.opening.fingerprint) == (source, fingerprint):
        return True
    opened = find(deps, shop, source) if ticket.merged_from else None
    return opened is not None and opened.ref in ticket.merged_from and opened.opening.fingerprint == fingerprint


def for_customer(ticket: Ticket, messages: Sequence[Message]) -> list[Message]:
    """The messages of a merged conversation that its customer may see: nothing from tickets that another customer
    opened."""
    theirs = {"", *map(canonical, ticket.customers)}
    others = {
        opening.ref
        for opening in messages
        if opening.id == ticket.opening.id and canonical(opening.person.address) not in theirs
    }
    return [message for message in messages if message.ref not in others]
