"""Tickets that only the restored table has: from them, too, erased people are taken out, and links that were withdrawn
are withdrawn. Also how a restored ticket is deleted again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from chalicelib.errors import Unreadable
from chalicelib.rules.identity import callers
from chalicelib.rules.identity.callers import is_caller
from chalicelib.rules.privacy import participants
from chalicelib.rules.tickets.log import Action
from chalicelib.services import console_events
from chalicelib.services.operations.quarantine import withdraw_links
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.privacy import anonymising, erasing, purging, subjects
from chalicelib.services.privacy.purging import PurgedTickets
from chalicelib.services.tickets import indexing
from deploy.restoring import tables


class Always:
    """A run that nothing ends. Implements services.ports.running.Run."""

    request = "restore"

    def time_left(self) -> bool:
        return True

    def again(self, event: Mapping[str, Any]) -> bool:
        return False


def erased_people(deps: Deps, refs: Sequence[str], named: set[str]) -> set[tuple[str, str]]:
    """The people (shop, address) in these tickets whom a certificate says to be erased. The old table does not know
    their addresses any more, so they are looked for here, before the tickets are replaced."""
    known = dict[tuple[str, str], bool]()
    for ref in refs:
        with suppress(Unreadable):
            found = deps.purges.ticket_partition(ref)
            for person in _people(found) if found else ():
                if person not in known:
                    known[person] = is_one_of(deps, *person, named)
    return {person for person, erased in known.items() if erased}


def is_one_of(deps: Deps, shop: str, address: str, named: set[str]) -> bool:
    """Whether one of these blinded names is of whom this address stands for, by whichever of their addresses."""
    found = deps.policy.shops.get(shop)
    every = callers.every(address, found.country) if found else (address,)
    return any(console_events.subject(deps, shop, each) in named for each in every)


def _people(found: TicketPartition) -> Iterator[tuple[str, str]]:
    ticket, messages = found.ticket, found.messages
    took_part = (address for message in messages for address in participants.of_message(message))
    for address in (*participants.of_ticket(ticket), *took_part, *participants.named(ticket, *messages)):
        yield ticket.shop, address


def purged(deps: Deps, ref: str, rule: str) -> PurgedTickets | None:
    """All but the end of a ticket's deletion; None if it was deleted with another."""
    found = purging.load_with_merged(deps, ref)
    if not found or (found[0].ticket.custody.purging and found[0].ticket.merged_into):
        return None
    name = found[0].ticket.custody.purging or purging.begin(deps, found, rule)
    if not name:
        raise tables.Failed(f"{ref} could not be deleted: is something at work on the new table?")
    return purging.delete_content(deps, found, name, Always())


def erased_again(deps: Deps, ref: str, erased: Iterable[tuple[str, str]]) -> int:
    """Erase these people from a ticket that the old table has lost; returns the number of tickets that were deleted."""
    number = 0
    for shop, address in sorted(erased):
        found = purging.load_with_merged(deps, ref)
        if not found or found[0].ticket.shop != shop or not _is_in(deps, found, address):
            continue
        if erasing.all_theirs([each.ticket for each in found], [address]):
            gone = purged(deps, ref, purging.ERASURE)
            if gone:
                number += len(gone.refs)
                purging.end(deps, [gone])
        else:
            anonymising.anonymise(deps, found, address)
    return number


def _is_in(deps: Deps, found: Sequence[TicketPartition], address: str) -> bool:
    """Whether the person is in the ticket. A number beside somebody's own address may be another person's."""
    if not is_caller(address):
        return anonymising.concerned(deps, found, address)
    numbered = subjects.numbered_in(found, [address])
    return bool(numbered.alone) and not numbered.beside


def unindex(deps: Deps, erased: Iterable[tuple[str, str]]) -> None:
    """Remove the erased people's addresses from the index where the ticket does not contain them any more."""
    for shop, address in sorted(erased):
        for word in sorted(anonymising.found_by(address)):
            for ref in set(indexing.refs(deps, shop, word)):
                found = purging.load_with_merged(deps, ref)
                if found and not anonymising.concerned(deps, found, address):
                    anonymising.anonymise(deps, found, address)


def withdrawn_again(deps: Deps, ref: str, at: datetime) -> None:
    """Withdraw the links of a ticket that the old table has lost, once."""
    found = deps.purges.ticket_partition(ref)
    done = found and any(each.entry.action is Action.LINKS_WITHDRAWN and each.entry.at >= at for each in found.log)
    if found and not done:
        withdraw_links(deps, {"shop": found.ticket.shop, "reference": ref})
