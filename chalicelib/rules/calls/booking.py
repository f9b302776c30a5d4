"""A call that a customer asks for, moves or cancels: what the ticket promises then, and the places it takes."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.errors import InvalidFields, NotOpen
from chalicelib.rules.calls import slots
from chalicelib.rules.calls.request import SOON, other_zone
from chalicelib.rules.tickets.clocks import CALL_BACK, Clock, RuleContext, SetBy, set_until
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Event, Message, system_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.procedure_facts import CallBack, CallEnd
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, Hold, LogEntry, State, Ticket, evolve

PER_NUMBER = 2
"""How many calls to one number may be open that one source has asked for."""
KEPT = timedelta(days=60)
"""How long after a call was due its places are remembered."""
_AGAIN = (CallEnd.GIVEN_UP, CallEnd.WRONG_NUMBER, CallEnd.CANCELLED)


class CallNews(StrEnum):
    """What a message about a call says (`Message.about`)."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"
    WRONG_NUMBER = "wrong_number"


@dataclass(frozen=True, slots=True)
class Wanted:
    """When a call is to be, and the place of that half hour which it takes."""

    until: datetime
    starts_at: datetime | None
    place: str


def soon(taken: Collection[str], context: RuleContext, spare: int = 0) -> Wanted | None:
    """The soonest time that leaves `spare` places of its half hour free; None if there is none."""
    soonest = slots.soonest(context, taken, spare)
    return Wanted(soonest.until, None, soonest.place) if soonest else None


def wanted(slot: str, taken: Collection[str], context: RuleContext) -> Wanted:
    """The time that a form has chosen, with a place that is not among `taken`. Raises InvalidFields (`slot`): "full" or
    "unknown"."""
    if slot == SOON:
        time = soon(taken, context)
        if time is None:
            raise InvalidFields({"slot": "slot_full"})
        return time
    chosen = slots.read(slot, context)
    if chosen is None:
        raise InvalidFields({"slot": "slot_unknown"})
    place = slots.free_place(chosen, taken, context.shop)
    if not place:
        raise InvalidFields({"slot": "slot_full"})
    return Wanted(chosen.ends_at, chosen.starts_at, place)


def booked(ticket: Ticket, time: Wanted, more: Collection[str], context: RuleContext) -> Ticket:
    """The ticket that promises this call. `more`: the places it takes besides the half hour's and the list's."""
    places = (time.place, listed(time.until, ticket.ref), *more)
    zone = other_zone(ticket.requester.phone, context.shop)
    call = CallBack(time.until, time.starts_at, zone, places=places)
    return replace(ticket, call=call, clocks=ticket.clocks.put(clock(ticket, time, context)))


def clock(ticket: Ticket, time: Wanted, context: RuleContext) -> Clock:
    """The clock of the call. It was agreed to the minute."""
    period = f"{context.shop.calls.soon} minutes"
    return set_until(CALL_BACK, period, time.until, context.shop.kinds[ticket.kind], context, SetBy.AGREED)


def moved(
    ticket: Ticket, id: str, time: Wanted, more: Collection[str], context: RuleContext, *, phone: str = ""
) -> Change:
    """The call at another time, for an open call as for one that was cancelled or given up; the customer gets a mail
    about it. `more`: as in `booked`; `phone`: another number. Raises NotOpen."""
    call = _changeable(ticket)
    places = (time.place, listed(time.until, ticket.ref), *more)
    requester = replace(ticket.requester, phone=phone or ticket.requester.phone)
    again = CallBack(
        until=time.until,
        starts_at=time.starts_at,
        zone=other_zone(requester.phone, context.shop),
        places=places,
    )
    after = evolve(
        ticket,
        requester=requester,
        call=again,
        state=State.OPEN if ticket.state is State.WAITING else ticket.state,
        clocks=ticket.clocks.put(clock(ticket, time, context)),
        active_at=context.at,
    )
    held = call.places if call.open else ()
    return replace(news(after, id, CallNews.MOVED, context), holds=holds(after, [p for p in places if p not in held]))


def cancelled(ticket: Ticket, id: str, context: RuleContext) -> Change:
    """No call any more: the promise ends, and is neither kept nor broken. Raises NotOpen."""
    call = _changeable(ticket)
    if not call.open:
        raise NotOpen("there is no call to cancel")
    over = call.over(CallEnd.CANCELLED, context.at)
    after = evolve(ticket, call=over, clocks=ticket.clocks.without(CALL_BACK), active_at=context.at)
    return news(after, id, CallNews.CANCELLED, context)


def holds(ticket: Ticket, places: Collection[str]) -> tuple[Hold, ...]:
    """The places as a change takes them."""
    until = (ticket.call.until if ticket.call else ticket.opened_at) + KEPT
    return tuple(Hold(place, until) for place in places)


def listed(until: datetime, ref: str) -> str:
    """The id of the place by which the desk lists the call."""
    return f"DUE#{slots.Slot(until).id}#{ref}"


def has(ticket: Ticket, place: str) -> bool:
    """Whether the ticket still has a right to this place."""
    return ticket.call is not None and ticket.call.open and place in ticket.call.places


def changeable(ticket: Ticket) -> bool:
    """Whether the customer may choose another time for the call."""
    call = ticket.call
    return bool(call and ticket.state is not State.CLOSED and (call.open or call.ended in _AGAIN))


def news(ticket: Ticket, id: str, about: CallNews, context: RuleContext) -> Change:
    """The change with the note for agents, and the mail to the customer."""
    purpose = Purpose.CALL_CHANGED if about in (CallNews.MOVED, CallNews.CANCELLED) else Purpose.CALL_FAILED
    mails = [Delivery(purpose, ticket.requester.address)] if ticket.requester.address else []
    message: Message = system_message(id, ticket.ref, context.at, Event.CALL, about)
    entry = LogEntry(context.at, AFTERCARE, Action.CALL_CHANGED, details_of(DetailCode.CALL, about))
    return Change(ticket, (replace(message, outbox=queue(mails, context.at)),), (entry,))


def _changeable(ticket: Ticket) -> CallBack:
    call = ticket.call
    if call is None or not changeable(ticket):
        raise NotOpen("the call is over")
    return call
