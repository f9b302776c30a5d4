"""The running chats of a shop: each holds a place whose key begins with its moment, so one query finds them in order,
without another index (as decision 266)."""

from datetime import timedelta

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps

MOST = 100
"""More chats than these are not listed; the oldest are."""
_FIRST, _LAST = "CHAT#", "CHAT#~"
_FORGOTTEN = timedelta(days=1)


def full(deps: Deps, shop: Shop) -> bool:
    """Whether so many chats run that one more would be on nobody's list."""
    return at_most(deps, shop) >= MOST


def at_most(deps: Deps, shop: Shop) -> int:
    """How many chats run, with those that only seem to: their places are given back when the desk's list is read."""
    return len(deps.call_places.held(shop.id, _FIRST, _LAST, MOST))


def running(deps: Deps, shop: Shop) -> list[Ticket]:
    """The tickets of the running chats, the oldest first. Places of chats that are over are given back here."""
    held = deps.call_places.held(shop.id, _FIRST, _LAST, MOST)
    known = {ticket.ref: ticket for ticket in deps.tickets.find_tickets(list(held.values()))}
    found = list[Ticket]()
    for place, ref in held.items():
        # What a read of many finds may be a moment old.
        ticket = known.get(ref) or deps.tickets.ticket(ref)
        if ticket and ticket.chat and ticket.chat.open and place in ticket.chat.places:
            found.append(ticket)
        else:
            deps.call_places.release(shop.id, [place], ref, deps.now() + _FORGOTTEN)
    return found
