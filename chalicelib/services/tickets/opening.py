"""Opening a ticket from any channel: derived reference, one write, and nothing on a repeat."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chalicelib.rules.identity import derived
from chalicelib.rules.intake.opening import Inbound, open_ticket
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Change, Message, Ticket
from chalicelib.services.ports.conflicts import TicketExists
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.commits import commit
from chalicelib.services.tickets.filing import IncomingFile, file_away

# Another source takes a reference once in 2**50 pairs; three in a row is a fault in our reasoning.
_ATTEMPTS = 3
Notes = tuple[Message, ...]


def _no_notes(ref: str) -> Notes:
    return ()


def as_it_is(ticket: Ticket) -> Change:
    return Change(ticket)


def open_or_find(
    deps: Deps,
    shop: Shop,
    inbound: Inbound,
    incoming_files: Sequence[IncomingFile],
    notes: Callable[[str], Notes] = _no_notes,
    begin: Callable[[Ticket], Change] = as_it_is,
) -> tuple[Ticket, bool]:
    """The ticket that this arrival opens, and whether it is new; if the arrival comes again, the ticket it opened
    earlier. `notes` makes the messages that are written with the ticket, once its reference is known; `begin` the
    change that writes it."""
    for attempt in range(_ATTEMPTS):
        ref = derived.reference(deps.secret, shop.prefix, inbound.source, attempt)
        filed = file_away(deps, ref, inbound, incoming_files)
        ticket = open_ticket(ref, filed, shop, deps.now(), deps.holidays(shop))
        try:
            begun = begin(ticket)
            change = commit(deps, replace(begun, messages=(*begun.messages, *notes(ref))))
        except TicketExists as existing:
            # A ticket that is being purged counts as gone: a new submission must not be purged with it.
            if existing.ticket.source == inbound.source and not existing.ticket.custody.purging:
                return existing.ticket, False
        else:
            return change.ticket or ticket, True
    raise RuntimeError(f"no free reference for a source of {shop.id}")


def free_reference(deps: Deps, shop: Shop, source: str) -> str:
    """The reference of the ticket that this source opens or has opened; skips derived references that other sources
    hold."""
    for attempt in range(_ATTEMPTS):
        ref = derived.reference(deps.secret, shop.prefix, source, attempt)
        ticket = deps.tickets.ticket(ref)
        if ticket is None or ticket.source == source:
            return ref
    raise RuntimeError(f"no free reference for a source of {shop.id}")


def find(deps: Deps, shop: Shop, source: str) -> Ticket | None:
    """The ticket that this source opened, if any: its reference is derived, not looked up."""
    for attempt in range(_ATTEMPTS):
        ticket = deps.tickets.ticket(derived.reference(deps.secret, shop.prefix, source, attempt))
        if ticket is None or ticket.source == source:
            return ticket
    return None
