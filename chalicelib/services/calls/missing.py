"""A call that nobody answered becomes a ticket that promises a call back; a further one of the same number joins it.

The provider may tell of a call as often as it likes: what was done with it is a place that is taken with the ticket, so
there is one ticket and at most one text message (decisions 272 and 273).
"""

from dataclasses import replace
from enum import StrEnum

from chalicelib.errors import NotOpen
from chalicelib.rendering import words
from chalicelib.rules.calls import booking, missed
from chalicelib.rules.events.calls.call import MissedCall
from chalicelib.rules.identity import derived
from chalicelib.rules.identity.calling import NotCallable
from chalicelib.rules.intake.limits import Source
from chalicelib.rules.intake.opening import Inbound, open_ticket
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import QUESTION
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.messages import Channel, Person
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Hold, Ticket
from chalicelib.services.calls import places, texting
from chalicelib.services.ports.conflicts import Merged, MessageExists, PlaceTaken, TicketExists, VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.tickets import limiting
from chalicelib.services.tickets.commits import change_ticket, commit
from chalicelib.services.tickets.opening import free_reference

# Somebody else has been quicker each time.
_TRIES = 30


class Taken(StrEnum):
    """What became of a missed call: of several in one event, the first of these is the event's outcome."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REFUSED = "refused"  # the shop calls nobody back, or the same number has called too often
    NUMBER_WITHHELD = "number_withheld"
    NUMBER_REFUSED = "number_refused"  # it costs more, or is of a country where the shop calls nobody


def take(deps: Deps, shop: Shop, source: str, call: MissedCall) -> Taken:
    """Promise a call back, or note the call where one is promised already. `source`: who tells of it."""
    if missed.withheld(call.number):
        return Taken.NUMBER_WITHHELD
    try:
        number = missed.caller(call.number, shop.called_countries)
    except NotCallable:
        return Taken.NUMBER_REFUSED
    if not shop.calls.offered:
        return Taken.REFUSED
    id = derived.source_of("missed", shop.id, source, call.id)
    mark = f"MISSED#{derived.name(deps.secret, 'missed', id)}"
    if deps.call_places.held(shop.id, mark, mark, 1):
        return Taken.DUPLICATE
    of_number = f"PHONE#{derived.name(deps.secret, f'phone/{shop.id}', number)}"
    for _ in range(_TRIES):
        try:
            known, holder = places.of_caller(deps, shop, of_number)
            if known:
                return _joined(deps, shop, known, id, mark)
            wanted = (Hold(of_number, deps.now(), instead_of=holder), Hold(mark, deps.now()))
            return _opened(deps, shop, _arrival(shop, number, id), wanted)
        except (NotOpen, Merged):
            continue  # its call has ended, or it was merged, since it was read
        except (PlaceTaken, VersionConflict):
            if deps.call_places.held(shop.id, mark, mark, 1):
                return Taken.DUPLICATE
    raise VersionConflict("lost every race for this caller")


def _joined(deps: Deps, shop: Shop, ticket: Ticket, source: str, mark: str) -> Taken:
    message = derived.message_id(deps.secret, ticket.ref, source)
    if not limiting.may_say(deps, shop, ticket, Source(network=ticket.requester.phone), source):
        return Taken.REFUSED
    hold = Hold(mark, deps.now() + booking.KEPT)
    try:
        change_ticket(deps, ticket, lambda current: missed.again(current, message, hold, deps.context(shop)))
    except MessageExists:
        return Taken.DUPLICATE
    return Taken.APPLIED


def _opened(deps: Deps, shop: Shop, inbound: Inbound, wanted: tuple[Hold, Hold]) -> Taken:
    """`wanted`: the place of the number, and of the call itself."""
    ref = free_reference(deps, shop, inbound.source)
    if deps.tickets.ticket(ref):
        return Taken.DUPLICATE
    context = deps.context(shop)
    if limiting.missed_call(deps, shop, inbound.person.phone, inbound.source):
        of_slots = places.of_slots(deps, shop, context)
        change = of_slots.taking(_promised(ref, inbound, of_slots, wanted, context))
    else:
        kept = replace(inbound, suspicions=(Suspicion.TOO_MANY,), notify=False)
        change = Change(open_ticket(ref, kept, shop, context.at, context.holidays))
    try:
        done = commit(deps, change)
    except TicketExists:
        return Taken.DUPLICATE
    if done.ticket:
        texting.tell(deps, shop, done.ticket)
    return Taken.APPLIED


def _promised(
    ref: str, inbound: Inbound, of_slots: places.Places, wanted: tuple[Hold, Hold], context: RuleContext
) -> Change:
    """The ticket with the soonest call that can be promised and leaves the form places; without one if none is."""
    ticket = open_ticket(ref, inbound, context.shop, context.at, context.holidays)
    time = booking.soon(of_slots.taken, context, missed.SPARE)
    if time is None:
        return Change(ticket, holds=booking.holds(ticket, [wanted[1].id]))
    ticket = booking.booked(ticket, time, [wanted[0].id], context)
    held = booking.holds(ticket, (*(ticket.call.places if ticket.call else ()), wanted[1].id))
    of_number = next(hold for hold in held if hold.id == wanted[0].id)
    taken_over = replace(of_number, instead_of=wanted[0].instead_of)
    return Change(ticket, holds=tuple(taken_over if hold is of_number else hold for hold in held))


def _arrival(shop: Shop, number: str, source: str) -> Inbound:
    language = shop.languages[0]
    return Inbound(
        channel=Channel.PHONE,
        person=Person("", "", number),
        subject=words.phrase(language, "calls.said.missed_subject"),
        text=words.phrase(language, "calls.said.missed"),
        source=source,
        fingerprint=source,
        kind=QUESTION,
        language=language,
    )
