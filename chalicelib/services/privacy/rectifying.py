"""`rectify_subject`: corrects a person's name, address or phone in all their tickets of a shop, and on their messages
in other customers' tickets (GDPR Art. 16)."""

from dataclasses import replace
from typing import Any

from chalicelib.errors import InvalidEvent
from chalicelib.rules.identity.callers import is_caller
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.rectifying import rectify
from chalicelib.rules.privacy.search_terms import phone_words, words
from chalicelib.rules.tickets.messages import Person, writers
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services import console_events
from chalicelib.services.orders.commits import of_customer
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.purges import TicketPartition
from chalicelib.services.ports.running import Run
from chalicelib.services.privacy import order_privacy, subjects
from chalicelib.services.tickets.commits import commit_unless_done
from chalicelib.services.tickets.indexing import readings

_LONGEST = {"name": 100, "phone": 40}


def rectify_subject(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Correct a customer's data: `shop`, `email` (or a telephone number), and the correct `name`, `new_email` or
    `phone`. Logged on each ticket. If time runs out, it continues automatically, or when the same event is sent again.
    Raises InvalidEvent."""
    fields = console_events.fields(event, "shop", "email", "name", "new_email", "phone")
    shop = console_events.shop(deps, fields)
    was = console_events.person(shop, fields)
    becomes = _becomes(shop, fields)
    known = subjects.known_as(deps, shop, was)
    with_number = subjects.numbered(deps, shop, known)
    corrected, as_it_was = 0, 0
    for ref, addresses in subjects.places(deps, shop, known, with_number).items():
        if not run.time_left():
            return {"corrected": corrected, "as_it_was": as_it_was, "complete": False, "goes_on": run.again(event)}
        done = sum(_rectified(deps, ref, each, _there(becomes, was, each)) for each in addresses) > 0
        corrected, as_it_was = corrected + done, as_it_was + (not done)
    for order in of_customer(deps, shop.id, was):
        if not run.time_left():
            return {"corrected": corrected, "as_it_was": as_it_was, "complete": False, "goes_on": run.again(event)}
        done = order_privacy.correct(deps, order, was, becomes)
        corrected, as_it_was = corrected + done, as_it_was + (not done)
    return {"corrected": corrected, "as_it_was": as_it_was, "complete": True} | subjects.beside(with_number)


def _there(becomes: Person, was: str, address: str) -> Person:
    """What is corrected where the person has this address: who is asked for by a number keeps the addresses at which
    messengers reach them."""
    return becomes if address == was or is_caller(address) else replace(becomes, address="")


def _becomes(shop: Shop, fields: dict[str, Any]) -> Person:
    if not {"name", "new_email", "phone"} & fields.keys():
        raise InvalidEvent({"name": 'write what is right, for example {"name": "Mira Holm"}; or new_email, or phone'})
    address = console_events.address(fields, "new_email") if "new_email" in fields else ""
    if shop.agent(address) or shop.is_ours(address):
        raise InvalidEvent({"new_email": "this is an agent's or the shop's own address: write a customer's"})
    name = console_events.text(fields, "name", "Mira Holm", _LONGEST["name"]) if "name" in fields else ""
    phone = console_events.text(fields, "phone", "+49 30 901820", _LONGEST["phone"]) if "phone" in fields else ""
    return Person(name, address, phone)


def _rectified(deps: Deps, ref: str, was: str, becomes: Person) -> bool:
    """Correct one ticket; returns whether anything changed. A ticket with very many messages takes several changes."""

    def load() -> TicketPartition | None:
        return deps.purges.ticket_partition(ref)

    def decide(ticket_partition: TicketPartition | None) -> Change | None:
        if ticket_partition is None or ticket_partition.ticket.custody.purging:
            return None
        former = _former_words(deps, ticket_partition, was, becomes)
        return rectify(ticket_partition.ticket, ticket_partition.messages, was, becomes, former, deps.now())

    done = False
    while commit_unless_done(deps, load(), decide, load):
        done = True
    return done


def _former_words(deps: Deps, ticket_partition: TicketPartition, was: str, becomes: Person) -> tuple[str, ...]:
    """The ticket's search words that are wrong from now on; they must be deleted with it."""
    ticket = ticket_partition.ticket
    people = writers((ticket.opening, *ticket_partition.messages))
    their_entries = [person for person in (ticket.requester, *people) if person.is_known_by(was)]
    # Who gets an address is no longer known by the number.
    phone = phone_words(*their_entries) if becomes.phone or (becomes.address and is_caller(was)) else ()
    names = words(" ".join(dict.fromkeys(person.name for person in their_entries))) if becomes.name else ()
    address = (participants.as_word(was),) if becomes.address else ()
    return tuple(readings(deps, ticket.shop, (*names, *address, *phone)))
