"""A call moved or cancelled: by the customer's link, or moved by an agent. The same press of a button counts once."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.errors import InvalidFields
from chalicelib.rules.calls import booking
from chalicelib.rules.calls.request import called
from chalicelib.rules.identity import derived
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.privacy.search_terms import phone_words
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.procedure_facts import CallEnd
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.calls import places
from chalicelib.services.ports.conflicts import MessageExists
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets.commits import change_ticket
from chalicelib.services.tickets.indexing import readings

FORGOTTEN = timedelta(days=1)
"""How long after it was given back a place is kept."""
CANCEL = "cancel"
"""The choice that ends the call; any other is a time."""


def change(deps: Deps, ticket: Ticket, choice: str, phone: str, press: str, address: str) -> Ticket:
    """The ticket after the customer's choice: CANCEL, as soon as possible, or a half hour. `phone`: the right number
    after a wrong one; `press`: the id of the button's nonce. Raises NotOpen, InvalidFields."""
    shop = deps.policy.shop(ticket.shop)
    id = derived.message_id(deps.secret, ticket.ref, derived.source_of("call", press))
    if deps.tickets.message(ticket.ref, id):
        return ticket  # this press was done before
    number = _number(shop, ticket, phone)

    def decide(current: Ticket) -> Change:
        context = deps.context(shop)
        if choice == CANCEL:
            return booking.cancelled(current, id, context)
        return moved(deps, current, id, choice, context, phone=number, address=address)

    try:
        done = change_ticket(deps, ticket, decide)
    except MessageExists:
        return ticket
    release(deps, ticket, done.ticket)
    return done.ticket or ticket


def moved(
    deps: Deps, ticket: Ticket, id: str, choice: str, context: RuleContext, *, phone: str = "", address: str = ""
) -> Change:
    """The change that moves the call, with its places. Raises NotOpen, InvalidFields."""
    shop, call = context.shop, ticket.call
    of_slots = places.of_slots(deps, shop, context)
    time = booking.wanted(choice, of_slots.taken, context)
    if call and call.open and not phone:
        return of_slots.taking(booking.moved(ticket, id, time, call.places[2:], context))
    prefix = places.number_prefix(deps, shop, phone or ticket.requester.phone, address)
    of_number = places.of_number(deps, prefix)
    place = places.free_number(prefix, of_number)
    if not place:
        raise InvalidFields({"slot": "calls_open_already"})
    made = of_number.taking(of_slots.taking(booking.moved(ticket, id, time, (place,), context, phone=phone)))
    return _with_former(deps, ticket, made) if phone else made


def release(deps: Deps, before: Ticket, after: Ticket | None) -> None:
    """Give back the places that the ticket needs no more. If this fails, they are taken over when they are needed."""
    had = before.call.places if before.call else ()
    call = after.call if after else None
    left = call.places if call and call.open else ()
    over = [place for place in had if place not in left]
    deps.call_places.release(before.shop, over, before.ref, deps.now() + FORGOTTEN)


def needs_number(ticket: Ticket) -> bool:
    """Whether another number is needed before the customer can be called."""
    return ticket.call is not None and ticket.call.ended is CallEnd.WRONG_NUMBER


def _number(shop: Shop, ticket: Ticket, text: str) -> str:
    """The number that a form names where one is needed; else "". Raises InvalidFields."""
    if not needs_number(ticket):
        return ""
    faults: dict[str, str] = {}
    number = called(text.strip()[:40], shop, faults)
    if faults:
        raise InvalidFields(faults)
    return number


def _with_former(deps: Deps, before: Ticket, made: Change) -> Change:
    """The change with the search words of the number before, so that they are deleted with the ticket."""
    if made.ticket is None or made.ticket.requester.phone == before.requester.phone:
        return made
    former = readings(deps, before.shop, phone_words(before.requester))
    return replace(made, ticket=replace(made.ticket, custody=made.ticket.custody.with_former_words(former)))
