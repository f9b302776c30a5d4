"""The places of half hours and numbers: which are taken, and which only seem so.

A place is taken with its ticket, in one request, so there are never more calls in a half hour than the policy allows.
Nothing has to give it back for that: a place whose ticket has no more right to it, because it was closed, erased or
called, is taken over by the next who needs it (decision 262).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from chalicelib.rules.calls import booking, slots
from chalicelib.rules.calls.slots import Slot
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.mailboxes import network
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.merged import resolve_merged

_MOST = 5_000
# The horizon of "as soon as possible" is longer than that of the half hours that are offered.
_END = "SLOT#~"


@dataclass(frozen=True, slots=True)
class Places:
    """`taken`: the ids of places that a ticket has; `stale`: those that only seem taken, each with its former
    ticket."""

    taken: frozenset[str]
    stale: Mapping[str, str]

    def taking(self, change: Change) -> Change:
        """The change that also takes over stale places."""
        return replace(
            change,
            holds=tuple(replace(hold, instead_of=self.stale.get(hold.id, hold.instead_of)) for hold in change.holds),
        )


def as_held(deps: Deps, shop: Shop, context: RuleContext) -> frozenset[str]:
    """The places of all half hours to come that are taken or only seem so. One query, whatever waits: for what is said
    to everybody and promises no more than the form does."""
    return frozenset(_held(deps, shop, context))


def of_slots(deps: Deps, shop: Shop, context: RuleContext) -> Places:
    """The places of all half hours to come. Those in which all agents are away are taken: nobody could call."""
    held = _held(deps, shop, context)
    counted = Counter(_slot_of(id) for id in held)
    found = _sorted(deps, held, [id for id in held if counted[_slot_of(id)] >= shop.calls.per_slot])
    return replace(found, taken=found.taken | slots.unstaffed(context, deps.absences.lately(shop.id, context.at)))


def of_number(deps: Deps, prefix: str) -> Places:
    """The places of one number and source."""
    shop, _, _ = prefix.partition("/")
    held = deps.call_places.held(shop, _begin(prefix), f"{_begin(prefix)}~", booking.PER_NUMBER)
    return _sorted(deps, held, list(held) if len(held) >= booking.PER_NUMBER else [])


def of_caller(deps: Deps, shop: Shop, place: str) -> tuple[Ticket | None, str]:
    """The ticket whose open call back is to the number that this place stands for; and the reference of the ticket that
    has the place, or seems to have it, "" if it is free."""
    ref = deps.call_places.held(shop.id, place, place, 1).get(place, "")
    ticket = deps.tickets.ticket(ref) if ref else None
    into = resolve_merged(deps, ticket) if ticket else None
    return (into if into and booking.has(into, place) else None), ref


def number_prefix(deps: Deps, shop: Shop, phone: str, address: str) -> str:
    """What the places of a number begin with, counted for each source: nobody can use up a number's calls from
    elsewhere. `address`: the caller's."""
    return f"{shop.id}/{derived.blind(deps.secret, f'call/{shop.id}', f'{phone} {network(address)}')}"


def free_number(prefix: str, places: Places) -> str:
    """A free place of the number; "" if there is none."""
    ids = (f"{_begin(prefix)}{number}" for number in range(booking.PER_NUMBER))
    return next((id for id in ids if id not in places.taken), "")


def _held(deps: Deps, shop: Shop, context: RuleContext) -> Mapping[str, str]:
    return deps.call_places.held(shop.id, f"SLOT#{Slot(context.at - slots.LENGTH).id}", _END, _MOST)


def _begin(prefix: str) -> str:
    return f"NUMBER#{prefix.partition('/')[2]}#"


def _slot_of(id: str) -> str:
    return id.rpartition("#")[0]


def _sorted(deps: Deps, held: Mapping[str, str], doubtful: Iterable[str]) -> Places:
    """Only what is full is looked at: elsewhere a place that seems taken does no harm."""
    doubtful = list(doubtful)
    found = {each.ref: each for each in deps.tickets.find_tickets([held[id] for id in doubtful])} if doubtful else {}
    # That reading may be of a moment ago: it can tell that a place is taken, but not that it is free.
    unsure = [id for id in doubtful if held[id] not in found or not booking.has(found[held[id]], id)]
    stale = {id: held[id] for id in unsure if not _has(deps, held[id], id)}
    return Places(frozenset(id for id in held if id not in stale), stale)


def _has(deps: Deps, ref: str, place: str) -> bool:
    ticket = deps.tickets.ticket(ref)
    return ticket is not None and booking.has(resolve_merged(deps, ticket), place)
