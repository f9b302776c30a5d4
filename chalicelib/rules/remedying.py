"""Who is at fault, what puts it right, and the promise that it will be done.

The rule of thumb is that whoever is at fault sorts it out, and that a customer's own mistake means they arrange the
return, with instructions. It is what the form offers; an agent may find otherwise.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import BadInput
from chalicelib.rules.clocks import AGREED, REMEDY, Moment, set_clock, set_until
from chalicelib.rules.messages import Event, Person, internal_message, shops_message
from chalicelib.rules.outbox import Delivery, Purpose, queue
from chalicelib.rules.policy import Shop
from chalicelib.rules.records import Cure, Fault, Finding, Remedy
from chalicelib.rules.tickets import Change, LogEntry, Ticket, evolve, kept, met

_CURES = {
    "missed_delivery": Cure.REDELIVERY,
    "late": Cure.APOLOGY,
    "not_received": Cure.REPLACEMENT,
    "damaged_in_transit": Cure.REPLACEMENT,
    "faulty": Cure.REPAIR,
    "wrong_item": Cure.REPLACEMENT,
    "not_as_described": Cure.REFUND,
    "wrong_size_ordered": Cure.RETURN,
    "incomplete_address": Cure.REDELIVERY,
    "price_error": Cure.REFUND,
    "out_of_stock": Cure.REFUND,
    "service": Cure.APOLOGY,
}
# What the customer got wrong, but has nothing to send back for.
_SENT_AGAIN = ("missed_delivery", "incomplete_address")
_NOTHING_OWED = (Cure.NONE, Cure.APOLOGY)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the form offers until an agent says otherwise."""

    fault: Fault
    cure: Cure
    owed_by: Fault
    instructions: bool
    """Whether the customer is sent instructions for a return."""


def suggestion(shop: Shop, topic: str | None, fault: Fault | None = None) -> Suggestion:
    """The rule of thumb for this topic, or for this topic and the fault an agent found.

    What nobody is at fault for, or nobody can tell, is put right by the seller: it is the customer's contract partner.
    """
    about = next((known for known in shop.topics if known.id == topic), None)
    found = fault or Fault(about.fault if about and about.fault else Fault.UNCLEAR)
    if found is Fault.CUSTOMER:
        again = topic in _SENT_AGAIN
        return Suggestion(found, Cure.REDELIVERY if again else Cure.RETURN, Fault.CUSTOMER, instructions=not again)
    cure = _CURES.get(topic or "", Cure.NONE)
    owed_by = Fault.SELLER if found in (Fault.NOBODY, Fault.UNCLEAR) else found
    return Suggestion(found, cure, owed_by, instructions=False)


def find(ticket: Ticket, fault: Fault, reason: str, agent: Person, now: datetime) -> Change:
    """Note who is at fault and why. Raises BadInput."""
    if not reason.strip():
        raise BadInput({"reason": "missing"})
    finding = Finding(fault, reason.strip(), now, agent.address)
    return Change(evolve(ticket, finding=finding), log=(LogEntry(now, agent.address, "found at fault", fault.value),))


def owe(
    ticket: Ticket, cure: Cure, owed_by: Fault, until: datetime | None, note: str, agent: Person, moment: Moment
) -> Change:
    """Note what is to be done and by whom; the `remedy` clock runs until it is, by the policy's period or until the
    moment agreed. Raises BadInput."""
    if until is not None and until <= moment.at:
        raise BadInput({"due": "past"})
    kind = moment.shop.kinds[ticket.kind]
    clocks = tuple(clock for clock in ticket.clocks if clock.name != REMEDY)
    remedy = Remedy(cure, owed_by, moment.at, agent.address, note=note.strip())
    if cure not in _NOTHING_OWED:
        period = moment.shop.remedy
        clock = (
            set_until(REMEDY, str(period), until, kind, moment, AGREED)
            if until
            else set_clock(REMEDY, period, kind, moment, "remedy")
        )
        clocks, remedy = (*clocks, clock), replace(remedy, due=clock.due)
    entry = LogEntry(moment.at, agent.address, "remedy owed", f"{cure} by {owed_by}")
    return Change(evolve(ticket, remedy=remedy, clocks=clocks), log=(entry,))


def done(ticket: Ticket, id: str, text: str, agent: Person, moment: Moment, *, tell: bool) -> Change:
    """The remedy was provided; the customer is told so unless an agent did that otherwise. Raises BadInput."""
    remedy = ticket.remedy
    if remedy is None or remedy.done_at or remedy.cure in _NOTHING_OWED:
        raise BadInput({"action": "no_remedy_owed"})
    after = evolve(
        ticket,
        remedy=replace(remedy, done_at=moment.at, done_by=agent.address),
        clocks=met(ticket.clocks, REMEDY, moment.at),
    )
    message = shops_message(id, ticket.ref, moment.at, agent, text.strip(), Event.REMEDY_DONE)
    if tell and ticket.requester.address:
        mail = Delivery(Purpose.REMEDY_DONE, ticket.requester.address)
        message = replace(message, outbox=queue((mail,), moment.at))
    else:
        message = internal_message(id, ticket.ref, moment.at, agent, text.strip(), Event.REMEDY_DONE)
    entry = LogEntry(moment.at, agent.address, "remedy done", remedy.cure.value)
    return Change(after, (message,), (entry,), tally=kept(ticket, (REMEDY,), moment.at))


def instruct(ticket: Ticket, id: str, text: str, agent: Person, now: datetime) -> Change:
    """Tell the customer how to send something back. Raises BadInput."""
    if not text.strip():
        raise BadInput({"text": "missing"})
    if not ticket.requester.address:
        raise BadInput({"action": "no_address"})
    message = shops_message(id, ticket.ref, now, agent, text.strip(), Event.INSTRUCTIONS)
    mail = queue((Delivery(Purpose.INSTRUCTIONS, ticket.requester.address),), now)
    entry = LogEntry(now, agent.address, "return instructions sent")
    return Change(evolve(ticket, active_at=now), (replace(message, outbox=mail),), (entry,))
