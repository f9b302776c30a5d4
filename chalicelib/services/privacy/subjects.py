"""By which addresses a person is known to a shop, and the tickets in which each of them finds the person.

Nobody has proven that a number on a form is its writer's, and two people may share one. So a number stands for a person
only in tickets where it is known without a mail address (decision 323).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from chalicelib.rules.identity import callers, phones
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.identity.callers import is_caller
from chalicelib.rules.identity.handles import is_handle
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.anonymising import is_customer
from chalicelib.rules.tickets.messages import Person, writers
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.privacy import anonymising, purging
from chalicelib.services.tickets import indexing
from chalicelib.services.tickets.merged import resolve_merged

_MOST_HANDLES = 20
# Only so many are named; the rest are counted.
_MAX_NAMED = 500
_NAMED = (
    "these tickets have the number beside somebody's own address, so they may be another person's and are left out: "
    "ask by that address; or, if you know that they are this person's, erase_subject takes their references in also"
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A ticket that has a person's number, with those merged into it. `refs`: of all of them, the main one first;
    `alone`: the number's addresses of whoever is known there by it only; `beside`: the addresses of those who gave it
    beside an address of their own."""

    refs: tuple[str, ...]
    alone: tuple[str, ...]
    beside: tuple[str, ...]


def known_as(deps: Deps, shop: Shop, address: str) -> tuple[str, ...]:
    """The address, and the others of its owner: of a messenger's user each handle (decision 295), of a number each way
    in which it is written and its user at messengers; never a mail address that they confirmed, whose other tickets may
    be somebody else's (decision 306). Those of a number come last."""
    found, looked = dict.fromkeys(callers.every(address, shop.country)), 0
    while looked < len(found) < _MOST_HANDLES and is_handle(address):
        known = list(found)[looked]
        for ref in () if is_caller(known) else tickets_of(deps, shop, known):
            ticket = deps.tickets.ticket(ref)
            theirs = map(canonical, filter(is_handle, ticket.customers)) if ticket else ()
            others = (each for handle in theirs for each in callers.every(handle, shop.country))
            found |= dict.fromkeys(others) if ticket and is_customer(ticket, known) else {}
        looked += 1
    return tuple(sorted(found, key=is_caller))


def found_in(deps: Deps, shop: Shop, known: Collection[str], also: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """The tickets in which the person is found, each with the addresses by which. `also`: tickets that an admin says
    are theirs, although they have the number beside another address."""
    seen: set[tuple[str, str]] = set()
    for address in known:
        for ref in () if is_caller(address) else tickets_of(deps, shop, address):
            seen.add((ref, address))
            yield ref, address
    for ticket in numbered(deps, shop, known):
        theirs = ticket.alone if not ticket.beside else ()
        named = (*ticket.beside, *ticket.alone) if not {*ticket.refs}.isdisjoint(also) else theirs
        yield from ((ticket.refs[0], each) for each in named if (ticket.refs[0], each) not in seen)


def places(
    deps: Deps, shop: Shop, known: Collection[str], with_number: Iterable[Numbered]
) -> dict[str, tuple[str, ...]]:
    """The tickets in which the person took part by one of these addresses, each with those by which, also those merged
    into others; none in which a text only names them. `with_number`: what `numbered` finds of these addresses."""
    found: dict[str, tuple[str, ...]] = {}
    for address in known:
        took_part = indexing.refs(deps, shop.id, participants.as_word(address))
        for ref in () if is_caller(address) else dict.fromkeys((*deps.tickets.refs_of(shop.id, address), *took_part)):
            found[ref] = (*found.get(ref, ()), address)
    for ticket in with_number:
        for ref in () if ticket.beside else ticket.refs:
            found[ref] = (*found.get(ref, ()), *ticket.alone)
    return found


def tickets_of(deps: Deps, shop: Shop, address: str) -> Iterator[str]:
    """The tickets in which the address is found, each once; merged tickets are part of the one they were merged
    into."""
    seen: set[str] = set()
    for ref in mentions(deps, shop, address):
        ticket = deps.tickets.ticket(ref)
        main = resolve_merged(deps, ticket).ref if ticket else ref
        if main not in seen:
            seen.add(main)
            yield main


def mentions(deps: Deps, shop: Shop, address: str) -> Iterator[str]:
    """The address's own tickets, those in which it took part, and those in which it is named; a number's also if they
    were stored when numbers were no addresses. Some more than once."""
    number = phones.asked(callers.number_of(address).shown) if is_caller(address) else ""
    words = (*sorted(anonymising.found_by(address)), *([number] if number else []))
    found = chain.from_iterable(indexing.refs(deps, shop.id, word) for word in words)
    return chain(deps.tickets.refs_of(shop.id, address), found)


def beside(with_number: Iterable[Numbered], also: Collection[str] = ()) -> dict[str, Any]:
    """What an answer says of the tickets that have the number beside another address and of which nobody said that they
    are this person's. `with_number`: as for `places`."""
    refs = [each.refs[0] for each in with_number if each.beside and {*each.refs}.isdisjoint(also)]
    return {"named": refs[:_MAX_NAMED], "named_in_all": len(refs), "of_those_named": _NAMED} if refs else {}


def numbered(deps: Deps, shop: Shop, known: Collection[str]) -> list[Numbered]:
    """The tickets in which somebody has the person's number, each once."""
    numbers = [address for address in known if is_caller(address)]
    refs = dict.fromkeys(ref for number in numbers for ref in tickets_of(deps, shop, number))
    tickets = (_numbered(deps, purging.load_with_merged(deps, ref), known) for ref in refs)
    return [ticket for ticket in tickets if ticket.alone or ticket.beside]


def _numbered(deps: Deps, group: Sequence[TicketPartition], known: Collection[str]) -> Numbered:
    found, tickets = numbered_in(group, known), [partition.ticket for partition in group]
    # What a run that died has begun is finished, although the person may stand there no more.
    begun = {each for each in known if is_caller(each) and anonymising.begun(deps, tickets, each)}
    return Numbered(found.refs, tuple(sorted({*found.alone, *begun})), ()) if begun else found


def numbered_in(group: Sequence[TicketPartition], known: Collection[str]) -> Numbered:
    """Who has the number in a ticket and those merged into it."""
    people = tuple(person for partition in group for person in _people(partition))
    alone = {each for person in people for each in person.known_by if each in known and is_caller(each)}
    beside = {canonical(person.address) for person in people if person.address and _has(person, known)}
    return Numbered(
        tuple(partition.ticket.ref for partition in group), tuple(sorted(alone)), tuple(sorted(beside - {*known}))
    )


def _people(partition: TicketPartition) -> tuple[Person, ...]:
    return (partition.ticket.requester, *writers((partition.ticket.opening, *partition.messages)))


def _has(person: Person, known: Collection[str]) -> bool:
    return not {*callers.addresses(person.phone)}.isdisjoint(known)
