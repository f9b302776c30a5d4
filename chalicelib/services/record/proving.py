"""Proves to a customer that the promises of their case are in the published record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.record.counting import Leaf
from chalicelib.rules.record.leaves import leaf_id
from chalicelib.rules.record.tree import DayRoot, Proof, prove
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE, Clock
from chalicelib.rules.tickets.ticket import Ticket, promises
from chalicelib.services.ports.deps import Deps
from chalicelib.services.record import closing

# A promise is counted when its step is taken or its end is noted, which may be some days after the moment itself.
_NOTED_WITHIN = 8


@dataclass(frozen=True, slots=True)
class Proven:
    """A promise of the case: its proof and its day, or None while its day is not closed."""

    promise: str
    leaf: Leaf | None = None
    proof: Proof | None = None
    day: DayRoot | None = None


def prove_ticket(deps: Deps, shop: Shop, ticket: Ticket) -> tuple[Proven, ...]:
    """Every promise of the ticket with its proof, except the acknowledgement: the outbox watches that one, and it is
    not counted."""
    closing.close_days(deps, shop)
    clocks = list(promises(ticket).without(ACKNOWLEDGE))
    names = {_id(deps, ticket, clock): clock.name for clock in clocks}
    wanted = [(day, _id(deps, ticket, clock)) for clock in clocks for day in _days(deps, ticket, clock)]
    found = {leaf.id: leaf for leaf in deps.record.find_leaves(shop.id, wanted)}
    days = {leaf.day for leaf in found.values()}
    proofs = {proof.leaf.id: (proof, root) for day in days for proof, root in _proofs(deps, shop, day, found.values())}
    return tuple(_proven(name, found.get(id), proofs.get(id)) for id, name in names.items())


def _proven(name: str, leaf: Leaf | None, proof: tuple[Proof, DayRoot] | None) -> Proven:
    return Proven(name, leaf, *(proof or (None, None)))


def _proofs(deps: Deps, shop: Shop, day: date, wanted: Iterable[Leaf]) -> Iterator[tuple[Proof, DayRoot]]:
    for root in deps.record.roots(shop.id, day, day):
        leaves = list(closing.closed_leaves(deps, shop, day))
        for leaf in wanted:
            if leaf.day == day and leaf in leaves:
                yield prove(leaf, leaves), root


def _id(deps: Deps, ticket: Ticket, clock: Clock) -> str:
    return leaf_id(deps.secret, ticket.ref, clock.name, clock.set_at, clock.due)


def _days(deps: Deps, ticket: Ticket, clock: Clock) -> list[date]:
    """The days on which the end of this promise may have been counted."""
    ends = (clock.met_at, clock.due, ticket.closed_at)
    today = deps.now().date()
    after = (_after(end) for end in ends if end)
    return sorted({day for days in after for day in days if day <= today})


def _after(end: datetime) -> Iterator[date]:
    return (end.date() + timedelta(days=n) for n in range(_NOTED_WITHIN))
