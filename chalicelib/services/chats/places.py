"""The running chats of a shop: each holds a place whose key begins with its moment, so one query finds them in order,
without another index (as decision 266). One that was taken holds a place of its agent, too: an agent has so many places
as chats at the same time (decision 325)."""

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.chats.lines import KEPT
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.people import Agent
from chalicelib.rules.tickets.ticket import Hold, Ticket
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
    found, over = _sorted(deps, shop)
    for place, ref in over.items():
        deps.call_places.release(shop.id, [place], ref, deps.now() + _FORGOTTEN)
    return found


def read(deps: Deps, shop: Shop) -> list[Ticket]:
    """The same, for functions that may write no place."""
    return _sorted(deps, shop)[0]


def _sorted(deps: Deps, shop: Shop) -> tuple[list[Ticket], Mapping[str, str]]:
    """The running chats, and the places of those that are over, each with its ticket."""
    held = deps.call_places.held(shop.id, _FIRST, _LAST, MOST)
    known = {ticket.ref: ticket for ticket in deps.tickets.find_tickets(list(held.values()))}
    found, over = list[Ticket](), dict[str, str]()
    for place, ref in held.items():
        # What a read of many finds may be a moment old.
        ticket = known.get(ref) or deps.tickets.ticket(ref)
        if ticket and ticket.chat and ticket.chat.open and place in ticket.chat.places:
            found.append(ticket)
        else:
            over[place] = ref
    return found, over


def of_agent(deps: Deps, shop: Shop, agent: Agent) -> Hold:
    """A place that the agent has free. Raises InvalidFields if they have as many chats as one can."""
    first = f"CHATS_OF#{canonical(agent.address)}#"
    held = deps.call_places.held(shop.id, first, f"{first}~", shop.chat.per_agent)
    ids, until = [f"{first}{number:02}" for number in range(shop.chat.per_agent)], deps.now() + KEPT
    for place in sorted(ids, key=held.__contains__):  # what only seems taken costs a reading
        ref = held.get(place, "")
        if not (ref and _has(deps, ref, place)):
            return Hold(place, until, instead_of=ref)
    raise InvalidFields({"action": "chats_enough"})


def _has(deps: Deps, ref: str, place: str) -> bool:
    ticket = deps.tickets.ticket(ref)
    return ticket is not None and ticket.chat is not None and place in ticket.chat.places
