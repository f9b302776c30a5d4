"""Who is at fault, what the remedy is, and the promise that it will be provided.

The seller, as the contract partner, always owes the customer the remedy, even if somebody else is at fault
(docs/operations.md names the law). Whether a courier or a manufacturer is liable is between them and the seller, who
may ask them to carry it out. After a customer's own mistake the customer arranges the return, with instructions. All
this is what the form suggests; an agent may decide otherwise (decisions 41 and 108).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.rules.policy.model import Kind, Shop
from chalicelib.rules.procedure.remedies.warranty import after_repair
from chalicelib.rules.tickets.clocks import (
    REFUND,
    REMEDIES,
    REMEDY,
    SEND_BACK,
    Clock,
    RuleContext,
    SetBy,
    set_clock,
    set_until,
)
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, details_of
from chalicelib.rules.tickets.messages import Event, Person, internal_message, shops_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.procedure_facts import IN_MONEY, Fault, Finding, OwedBy, Performer, Remedy, RemedyKind
from chalicelib.rules.tickets.ticket import Change, LogEntry, SlaCount, State, Ticket, evolve, kept, owed

_REMEDY_KINDS = {
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
    "quality": RemedyKind.REPLACEMENT,
    "performance": RemedyKind.REPAIR,
}
# Topics of customers' mistakes after which there is nothing to send back.
_SENT_AGAIN = ("missed_delivery", "incomplete_address")
# The third parties that are usually asked to repair their own fault. Money and goods come from the seller.
_USUALLY_ASKED = {
    (Fault.COURIER, RemedyKind.REDELIVERY): Performer.COURIER,
    (Fault.MANUFACTURER, RemedyKind.REPAIR): Performer.MANUFACTURER,
}
_NOTHING_OWED = (RemedyKind.NONE, RemedyKind.APOLOGY)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the form suggests until an agent decides otherwise."""

    fault: Fault
    remedy_kind: RemedyKind
    owed_by: OwedBy
    carried_out_by: Performer
    instructions: bool
    """Whether the customer gets instructions for a return."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The remedy that an agent sets. `until`: the moment agreed with the customer; None: the policy's period
    applies."""

    remedy_kind: RemedyKind
    owed_by: OwedBy
    until: datetime | None = None
    note: str = ""
    carried_out_by: Performer = Performer.SELLER
    amount: int | None = None
    """Of money, in the smallest unit of the `currency`; None if no amount is stated."""
    currency: str = ""


def suggestion(shop: Shop, topic: str | None, fault: Fault | None = None) -> Suggestion:
    """The usual remedy for this topic, or for this topic and the fault that an agent found."""
    about = shop.topic(topic)
    found = fault or Fault(about.fault if about and about.fault else Fault.UNCLEAR)
    if found is Fault.CUSTOMER:
        if topic in _SENT_AGAIN:
            return Suggestion(found, RemedyKind.REDELIVERY, OwedBy.SELLER, Performer.SELLER, instructions=False)
        return Suggestion(found, RemedyKind.RETURN, OwedBy.CUSTOMER, Performer.SELLER, instructions=True)
    remedy_kind = _REMEDY_KINDS.get(topic or "", RemedyKind.NONE)
    return Suggestion(
        found, remedy_kind, OwedBy.SELLER, _USUALLY_ASKED.get((found, remedy_kind), Performer.SELLER), False
    )


def find(ticket: Ticket, fault: Fault, reason: str, agent: Person, now: datetime) -> Change:
    """Record who is at fault and why. Raises InvalidFields."""
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    finding = Finding(fault, reason.strip(), now, agent.address)
    entry = LogEntry(now, agent.address, Action.FOUND_AT_FAULT, details_of(DetailCode.FAULT, fault))
    return Change(evolve(ticket, finding=finding), log=(entry,))


def set_remedy(ticket: Ticket, terms: Terms, agent: Person, context: RuleContext) -> Change:
    """Record the remedy and who owes it. The `remedy` clock runs until it is done, for the policy's period or until the
    agreed moment; after a withdrawal the `refund` clock runs instead. A remedy that the customer knows from a final
    answer can't be delayed or dropped while the ticket is closed; it must be reopened and concluded again. Raises
    InvalidFields."""
    remedy_kind, owed_by, until = terms.remedy_kind, terms.owed_by, terms.until
    if until is not None and until <= context.at:
        raise InvalidFields({"due": "past"})
    if owed_by is OwedBy.CUSTOMER and remedy_kind is not RemedyKind.RETURN:
        raise InvalidFields({"owed_by": "owed_by_seller"})
    if ticket.state is State.QUARANTINED:
        raise InvalidFields({"action": "quarantined"})
    if terms.amount is not None and (remedy_kind not in IN_MONEY or owed_by is OwedBy.CUSTOMER):
        raise InvalidFields({"amount": "no_remedy_in_money"})
    before, running = ticket.remedy, owed(ticket)
    remedy = Remedy(
        remedy_kind, owed_by, context.at, agent.address, note=terms.note.strip(), carried_out_by=terms.carried_out_by,
        amount=terms.amount, currency=terms.currency if terms.amount is not None else "",
    )  # fmt: skip
    entry = LogEntry(context.at, agent.address, Action.REMEDY_OWED, _logged(remedy))
    promised = running if running and _told_of(ticket) else None
    if promised and before:
        _refuse_less_money(before, remedy)
    if running and before and until is None and (before.remedy_kind, before.owed_by) == (remedy_kind, owed_by):
        updated = replace(remedy, at=before.at, by=before.by, due=before.due)
        return Change(evolve(ticket, remedy=updated), log=(entry,))
    refund = next(iter(ticket.clocks.only(REFUND).unmet), None)
    if refund:
        _refuse_beyond_law(refund, owed_by, until)
    if promised:
        _refuse_less(promised, remedy_kind, owed_by, until)
    kind = context.shop.kinds[ticket.kind]
    clock = None if remedy_kind in _NOTHING_OWED else _clock(promised or refund, until, kind, context)
    clocks = ticket.clocks.put(clock) if clock else ticket.clocks.without(*REMEDIES, SEND_BACK)
    remedy = replace(remedy, due=clock.due if clock else None, at=before.at if promised and before else remedy.at)
    return Change(
        evolve(ticket, remedy=remedy, clocks=clocks),
        log=(entry,),
        sla_counts=_broken(ticket, running, context.at) if running is not clock else (),
    )


def done(ticket: Ticket, id: str, text: str, agent: Person, context: RuleContext, *, tell: bool) -> Change:
    """The remedy was provided. The customer is informed if `tell`, unless an agent did so in another way. Raises
    InvalidFields."""
    remedy = ticket.remedy
    if remedy is None or remedy.done_at or remedy.remedy_kind in _NOTHING_OWED:
        raise InvalidFields({"action": "no_remedy_owed"})
    after = evolve(
        ticket,
        remedy=replace(remedy, done_at=context.at, done_by=agent.address),
        clocks=ticket.clocks.meet(*REMEDIES, at=context.at),
        claim=after_repair(ticket, context) if remedy.remedy_kind is RemedyKind.REPAIR else ticket.claim,
    )
    message = shops_message(id, ticket.ref, context.at, agent, text.strip(), Event.REMEDY_DONE)
    if tell and ticket.requester.address:
        mail = Delivery(Purpose.REMEDY_DONE, ticket.requester.address)
        message = replace(message, outbox=queue((mail,), context.at))
    else:
        message = internal_message(id, ticket.ref, context.at, agent, text.strip(), Event.REMEDY_DONE)
    details = details_of(DetailCode.REMEDY_KIND, remedy.remedy_kind)
    entry = LogEntry(context.at, agent.address, Action.REMEDY_DONE, details)
    return Change(after, (message,), (entry,), sla_counts=kept(ticket, REMEDIES, context.at))


def instruct(ticket: Ticket, id: str, text: str, agent: Person, now: datetime) -> Change:
    """Mail the customer how to send something back. Raises InvalidFields."""
    if not text.strip():
        raise InvalidFields({"text": "missing"})
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    message = shops_message(id, ticket.ref, now, agent, text.strip(), Event.INSTRUCTIONS)
    mail = queue((Delivery(Purpose.INSTRUCTIONS, ticket.requester.address),), now)
    entry = LogEntry(now, agent.address, Action.RETURN_INSTRUCTIONS_SENT)
    return Change(evolve(ticket), (replace(message, outbox=mail),), (entry,))


def _logged(remedy: Remedy) -> tuple[Detail, ...]:
    said = (Detail(DetailCode.REMEDY_KIND, remedy.remedy_kind), Detail(DetailCode.OWED_BY, remedy.owed_by))
    seller = remedy.carried_out_by is Performer.SELLER
    through = () if seller else details_of(DetailCode.PERFORMER, remedy.carried_out_by)
    return (*said, *through, *(details_of(DetailCode.AMOUNT, remedy.money) if remedy.money else ()))


def _told_of(ticket: Ticket) -> bool:
    """Whether the customer has this remedy in writing: in the final answer with which the ticket was closed."""
    answer, remedy = ticket.final_answer, ticket.remedy
    if ticket.state is not State.CLOSED or remedy is None or remedy.owed_by is OwedBy.CUSTOMER:
        return False
    return answer is not None and answer.told_at is not None and remedy.at <= answer.told_at


def _refuse_less(promised: Clock, remedy_kind: RemedyKind, owed_by: OwedBy, until: datetime | None) -> None:
    """Raises InvalidFields for a remedy that is less than the customer was promised, or later."""
    if remedy_kind in _NOTHING_OWED:
        raise InvalidFields({"remedy_kind": "remedy_promised"})
    if owed_by is OwedBy.CUSTOMER:
        raise InvalidFields({"owed_by": "remedy_promised"})
    if until is not None and until > promised.due:
        raise InvalidFields({"due": "remedy_promised"})


def _refuse_less_money(promised: Remedy, now: Remedy) -> None:
    """Raises InvalidFields for an amount that is less than the customer was promised, or in another currency."""
    if promised.amount is None or promised.remedy_kind is not now.remedy_kind:
        return
    if now.amount is None or now.currency != promised.currency or now.amount < promised.amount:
        raise InvalidFields({"amount": "remedy_promised"})


def _refuse_beyond_law(refund: Clock, owed_by: OwedBy, until: datetime | None) -> None:
    """Raises InvalidFields for a remedy after a withdrawal that the customer owes, or that comes after the refund is
    due."""
    if owed_by is OwedBy.CUSTOMER:
        raise InvalidFields({"owed_by": "owed_by_seller"})
    if until is not None and until > refund.due:
        raise InvalidFields({"due": "after_refund"})


def _clock(promised: Clock | None, until: datetime | None, kind: Kind, context: RuleContext) -> Clock:
    """The clock of the remedy: by the agreed moment, the earlier promise, or the policy's period."""
    period = context.shop.remedy
    if until:
        name = promised.name if promised else REMEDY
        return set_until(name, str(period), until, kind, context, SetBy.AGREED)
    return promised or set_clock(REMEDY, period, kind, context, SetBy.REMEDY)


def _broken(ticket: Ticket, clock: Clock | None, now: datetime) -> tuple[SlaCount, ...]:
    """Counts a promise that is being replaced, if it is overdue and was not counted yet."""
    return kept(ticket, REMEDIES, now) if clock and clock.late(now) else ()
