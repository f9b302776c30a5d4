"""Who is at fault, what puts it right, and the promise that it will be done.

Whoever is at fault, the customer is owed the remedy by the seller, their contract partner (docs/operations.md names the
law); that a courier or a manufacturer has to answer for it is between them and the seller, who may ask them to carry it
out. A customer's own mistake means they arrange the return, with instructions. It is what the form offers; an agent may
find otherwise (decisions 41 and 108).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.rules.policy.model import Kind, Shop
from chalicelib.rules.tickets.clocks import REMEDY, Clock, RuleContext, SetBy, set_clock, set_until
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Event, Person, internal_message, shops_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.procedure_facts import Fault, Finding, OwedBy, Performer, Remedy, RemedyKind
from chalicelib.rules.tickets.ticket import Change, LogEntry, SlaCount, State, Ticket, evolve, kept

_CURES = {
    "missed_delivery": RemedyKind.REDELIVERY,
    "late": RemedyKind.APOLOGY,
    "not_received": RemedyKind.REPLACEMENT,
    "damaged_in_transit": RemedyKind.REPLACEMENT,
    "faulty": RemedyKind.REPAIR,
    "wrong_item": RemedyKind.REPLACEMENT,
    "not_as_described": RemedyKind.REFUND,
    "wrong_size_ordered": RemedyKind.RETURN,
    "incomplete_address": RemedyKind.REDELIVERY,
    "price_error": RemedyKind.REFUND,
    "out_of_stock": RemedyKind.REFUND,
    "service": RemedyKind.APOLOGY,
}
# What the customer got wrong, but has nothing to send back for.
_SENT_AGAIN = ("missed_delivery", "incomplete_address")
# Who is asked to put right what is their fault; money and goods come from the seller.
_USUALLY_ASKED = {
    (Fault.COURIER, RemedyKind.REDELIVERY): Performer.COURIER,
    (Fault.MANUFACTURER, RemedyKind.REPAIR): Performer.MANUFACTURER,
}
_NOTHING_OWED = (RemedyKind.NONE, RemedyKind.APOLOGY)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the form offers until an agent says otherwise."""

    fault: Fault
    cure: RemedyKind
    owed_by: OwedBy
    carried_out_by: Performer
    instructions: bool
    """Whether the customer is sent instructions for a return."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agent says is owed. `until`: the moment agreed with the customer, None: by the policy's period."""

    cure: RemedyKind
    owed_by: OwedBy
    until: datetime | None = None
    note: str = ""
    carried_out_by: Performer = Performer.SELLER


def suggestion(shop: Shop, topic: str | None, fault: Fault | None = None) -> Suggestion:
    """The rule of thumb for this topic, or for this topic and the fault an agent found."""
    about = shop.topic(topic)
    found = fault or Fault(about.fault if about and about.fault else Fault.UNCLEAR)
    if found is Fault.CUSTOMER:
        if topic in _SENT_AGAIN:
            return Suggestion(found, RemedyKind.REDELIVERY, OwedBy.SELLER, Performer.SELLER, instructions=False)
        return Suggestion(found, RemedyKind.RETURN, OwedBy.CUSTOMER, Performer.SELLER, instructions=True)
    cure = _CURES.get(topic or "", RemedyKind.NONE)
    return Suggestion(found, cure, OwedBy.SELLER, _USUALLY_ASKED.get((found, cure), Performer.SELLER), False)


def find(ticket: Ticket, fault: Fault, reason: str, agent: Person, now: datetime) -> Change:
    """Note who is at fault and why. Raises InvalidFields."""
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    finding = Finding(fault, reason.strip(), now, agent.address)
    return Change(
        evolve(ticket, finding=finding), log=(LogEntry(now, agent.address, Action.FOUND_AT_FAULT, fault.value),)
    )


def set_remedy(ticket: Ticket, terms: Terms, agent: Person, context: RuleContext) -> Change:
    """Note what is to be done and by whom; the `remedy` clock runs until it is, by the policy's period or until the
    moment agreed. What the customer was told of in a final answer is neither put off nor dropped until that is opened
    again, to be concluded again. Raises InvalidFields."""
    cure, owed_by, until = terms.cure, terms.owed_by, terms.until
    if until is not None and until <= context.at:
        raise InvalidFields({"due": "past"})
    if owed_by is OwedBy.CUSTOMER and cure is not RemedyKind.RETURN:
        raise InvalidFields({"owed_by": "owed_by_seller"})
    if ticket.state is State.QUARANTINED:
        raise InvalidFields({"action": "quarantined"})
    before, running = ticket.remedy, _owed(ticket)
    entry = LogEntry(context.at, agent.address, Action.REMEDY_OWED, _logged(cure, owed_by, terms.carried_out_by))
    if running and before and until is None and (before.cure, before.owed_by) == (cure, owed_by):
        said = replace(before, note=terms.note.strip(), carried_out_by=terms.carried_out_by)
        return Change(evolve(ticket, remedy=said), log=(entry,))
    promised = running if running and _told_of(ticket) else None
    if promised:
        _refuse_less(promised, cure, owed_by, until)
    clock = None if cure in _NOTHING_OWED else _clock(promised, until, context.shop.kinds[ticket.kind], context)
    clocks = ticket.clocks.put(clock) if clock else ticket.clocks.without(REMEDY)
    due = clock.due if clock else None
    performer = terms.carried_out_by
    remedy = Remedy(cure, owed_by, context.at, agent.address, due, terms.note.strip(), carried_out_by=performer)
    if promised and before:
        remedy = replace(remedy, at=before.at)
    return Change(
        evolve(ticket, remedy=remedy, clocks=clocks),
        log=(entry,),
        sla_counts=_broken(ticket, running, context.at) if running is not clock else (),
    )


def done(ticket: Ticket, id: str, text: str, agent: Person, context: RuleContext, *, tell: bool) -> Change:
    """The remedy was provided; the customer is told so unless an agent did that otherwise. Raises InvalidFields."""
    remedy = ticket.remedy
    if remedy is None or remedy.done_at or remedy.cure in _NOTHING_OWED:
        raise InvalidFields({"action": "no_remedy_owed"})
    after = evolve(
        ticket,
        remedy=replace(remedy, done_at=context.at, done_by=agent.address),
        clocks=ticket.clocks.meet(REMEDY, at=context.at),
    )
    message = shops_message(id, ticket.ref, context.at, agent, text.strip(), Event.REMEDY_DONE)
    if tell and ticket.requester.address:
        mail = Delivery(Purpose.REMEDY_DONE, ticket.requester.address)
        message = replace(message, outbox=queue((mail,), context.at))
    else:
        message = internal_message(id, ticket.ref, context.at, agent, text.strip(), Event.REMEDY_DONE)
    entry = LogEntry(context.at, agent.address, Action.REMEDY_DONE, remedy.cure.value)
    return Change(after, (message,), (entry,), sla_counts=kept(ticket, (REMEDY,), context.at))


def instruct(ticket: Ticket, id: str, text: str, agent: Person, now: datetime) -> Change:
    """Tell the customer how to send something back. Raises InvalidFields."""
    if not text.strip():
        raise InvalidFields({"text": "missing"})
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    message = shops_message(id, ticket.ref, now, agent, text.strip(), Event.INSTRUCTIONS)
    mail = queue((Delivery(Purpose.INSTRUCTIONS, ticket.requester.address),), now)
    entry = LogEntry(now, agent.address, Action.RETURN_INSTRUCTIONS_SENT)
    return Change(evolve(ticket), (replace(message, outbox=mail),), (entry,))


def _logged(cure: RemedyKind, owed_by: OwedBy, carried_out_by: Performer) -> str:
    return f"{cure} by {owed_by}" + ("" if carried_out_by is Performer.SELLER else f", through {carried_out_by}")


def _owed(ticket: Ticket) -> Clock | None:
    clock = ticket.clock(REMEDY)
    return clock if clock and clock.running else None


def _told_of(ticket: Ticket) -> bool:
    """Whether the customer has this remedy in writing, in the final answer the ticket was closed with."""
    answer, remedy = ticket.final_answer, ticket.remedy
    if ticket.state is not State.CLOSED or remedy is None or remedy.owed_by is OwedBy.CUSTOMER:
        return False
    return answer is not None and answer.told_at is not None and remedy.at <= answer.told_at


def _refuse_less(promised: Clock, cure: RemedyKind, owed_by: OwedBy, until: datetime | None) -> None:
    """Raises InvalidFields for less than the customer was promised, or for the same later."""
    if cure in _NOTHING_OWED:
        raise InvalidFields({"cure": "remedy_promised"})
    if owed_by is OwedBy.CUSTOMER:
        raise InvalidFields({"owed_by": "remedy_promised"})
    if until is not None and until > promised.due:
        raise InvalidFields({"due": "remedy_promised"})


def _clock(promised: Clock | None, until: datetime | None, kind: Kind, context: RuleContext) -> Clock:
    """The clock of what is owed now: by the day agreed, the day promised, or the policy's period."""
    period = context.shop.remedy
    if until:
        return set_until(REMEDY, str(period), until, kind, context, SetBy.AGREED)
    return promised or set_clock(REMEDY, period, kind, context, SetBy.REMEDY)


def _broken(ticket: Ticket, clock: Clock | None, now: datetime) -> tuple[SlaCount, ...]:
    """A promise that another takes the place of, if it is overdue and not counted yet."""
    return kept(ticket, (REMEDY,), now) if clock and clock.late(now) else ()
