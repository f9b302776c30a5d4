"""A withdrawal from a contract, on its ticket: the refund that the shop owes, the time to send the goods back, and what
agents note (Directive 2011/83/EU, Articles 9, 13 and 14; docs/law.md).

The refund is the ticket's remedy from the beginning, and its clock `refund` is the remedy's clock: the remedy's own
period does not come on top of the law's (decision 201). Whether the statement came in time is computed for agents to
see; nothing is decided by it (decision 200).
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.errors import InvalidFields
from chalicelib.rules.policy.promises import WITHDRAWAL
from chalicelib.rules.tickets.clocks import (
    REFUND,
    REMEDY,
    SEND_BACK,
    Clock,
    Clocks,
    RuleContext,
    SetBy,
    set_clock,
    warning,
)
from chalicelib.rules.tickets.due_dates import due_date, given_time
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.procedure_facts import (
    Claim,
    OwedBy,
    Purchase,
    Remedy,
    RemedyKind,
    Withdrawal,
    bought_then,
)
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, LogEntry, Ticket, evolve
from chalicelib.rules.timing.periods import due
from chalicelib.rules.timing.worktime import local_date

_SATURDAY = 5


class InTime(StrEnum):
    """Whether a statement came within the time to withdraw."""

    IN_TIME = "in_time"
    LATE = "late"
    UNKNOWN = "unknown"  # neither an agent nor an order says when the goods were delivered


def withdrawn(ticket: Ticket, context: RuleContext, set_by: SetBy = SetBy.OPENING) -> Ticket:
    """The ticket with the clocks of a withdrawal, counted from the statement at `context.at`. A remedy that is owed
    already becomes the refund, and stays due if it is due sooner."""
    kind, terms = context.shop.kinds[WITHDRAWAL], context.shop.withdrawal
    record = replace(ticket.withdrawal or Withdrawal(context.at), received_at=context.at)
    refund = set_clock(REFUND, terms.refund, kind, context, set_by)
    if terms.wait_for_goods and not came(record):
        refund = replace(refund, paused_at=context.at)
    owed = ticket.clock(REMEDY)
    if owed and owed.running and owed.due < refund.due:
        refund = replace(owed, name=REFUND)
    send_back = given_time(SEND_BACK, terms.send_back, kind, context, set_by)
    remedy = Remedy(RemedyKind.REFUND, OwedBy.SELLER, context.at, AFTERCARE, refund.due)
    return replace(
        ticket,
        withdrawal=record,
        clocks=ticket.clocks.without(REMEDY).put(refund, send_back),
        remedy=remedy,
    )


def not_withdrawn(ticket: Ticket) -> Ticket:
    """The ticket after an agent found that it is no withdrawal: without its clocks, and without the refund that nobody
    decided on. What the customer typed stays."""
    record = ticket.withdrawal
    presumed = ticket.remedy and ticket.remedy.by == AFTERCARE and not ticket.remedy.done_at
    return replace(
        ticket,
        withdrawal=record if record and record.contract else None,
        clocks=ticket.clocks.without(REFUND, SEND_BACK),
        remedy=None if presumed else ticket.remedy,
    )


def times(clocks: Clocks) -> dict[str, Any]:
    """What the customer is told to follow a withdrawal: the dates `refund_by` (None while the refund waits for the
    goods) and `send_back_by`, and whether it waits (`refund_waits`)."""
    refund, send_back = clocks.named(REFUND), clocks.named(SEND_BACK)
    return {
        "refund_by": due_date(refund) if refund and refund.running else None,
        "refund_waits": refund is not None and refund.paused_at is not None,
        "send_back_by": due_date(send_back) if send_back else None,
    }


def came(record: Withdrawal) -> datetime | None:
    """When the shop got the goods or a proof that they were sent, whichever was sooner."""
    return min((at for at in (record.goods_at, record.proof_at) if at), default=None)


def no_longer_waiting(clock: Clock, context: RuleContext) -> Clock:
    """The clock of the refund, running. The wait has not moved the law's date; only a date that is over by now gives
    way to the policy's period after the goods."""
    if clock.paused_at is None or clock.met_at:
        return clock
    until = max(clock.due, context.after(context.shop.withdrawal.after_goods))
    set_by = clock.set_by if until == clock.due else SetBy.GOODS
    warn_at = warning(until, context.shop.kinds[WITHDRAWAL], context)
    return replace(clock, paused_at=None, due=until, warn_at=warn_at, set_by=set_by)


def last_day(delivered: date, context: RuleContext) -> date:
    """The last day to withdraw, by the policy's period. The day of delivery does not count, and a period that would end
    on a Saturday, a Sunday or a public holiday ends with the next day that is none (Regulation 1182/71, Article 3(1)
    and (4))."""
    hours = context.shop.hours
    noon = datetime.combine(delivered, time(12), tzinfo=hours.zone)
    day = local_date(due(noon, context.shop.withdrawal.period, hours, _none), hours)
    while day.weekday() >= _SATURDAY or context.holidays(day):
        day += timedelta(days=1)
    return day


def counted_from(ticket: Ticket, purchase: Purchase | None = None) -> date | None:
    """The day from which the time to withdraw counts: as an agent noted it, or as the order says. None if nobody
    knows."""
    noted = ticket.claim.delivered if ticket.claim else None
    return noted or (purchase.withdraw_from if purchase else None)


def in_time(ticket: Ticket, context: RuleContext, purchase: Purchase | None = None) -> InTime:
    """Whether the ticket's statement came in time. It is in time too if it came before the goods, and so while pieces
    of the order are still to be sent. `purchase`: what the order says."""
    record, day = _record(ticket), counted_from(ticket, purchase)
    if day is None:
        return InTime.IN_TIME if purchase and purchase.to_be_sent else InTime.UNKNOWN
    made = local_date(record.received_at, context.shop.hours)
    return InTime.IN_TIME if made <= last_day(day, context) else InTime.LATE


def delivered(ticket: Ticket, day: date | None, agent: Person, context: RuleContext) -> Change | None:
    """Note the day on which the customer got the goods, the last of them if they came on several days; None for `day`
    takes it back. None if it is noted already. Raises InvalidFields."""
    _record(ticket)
    if day and not bought_then(day, local_date(context.at, context.shop.hours)):
        raise InvalidFields({"delivered": "not_delivered_then"})
    claim = replace(ticket.claim or Claim(), delivered=day)
    noted = claim if claim != Claim() else None
    if noted == ticket.claim:
        return None
    return Change(evolve(ticket, claim=noted), log=(_acted("delivered", agent, context),))


def goods_back(ticket: Ticket, agent: Person, context: RuleContext) -> Change | None:
    """Note that the goods came back. None if it is noted already. Raises InvalidFields."""
    record = _record(ticket)
    if record.goods_at:
        return None
    return _came(ticket, replace(record, goods_at=context.at), "goods_back", agent, context)


def goods_sent(ticket: Ticket, agent: Person, context: RuleContext) -> Change | None:
    """Note that the customer has proven to have sent the goods. None if it is noted already. Raises InvalidFields."""
    record = _record(ticket)
    if record.proof_at:
        return None
    return _came(ticket, replace(record, proof_at=context.at), "goods_sent", agent, context)


def _came(ticket: Ticket, noted: Withdrawal, act: str, agent: Person, context: RuleContext) -> Change:
    """The customer has sent the goods. A refund that waited for that waits no longer."""
    clocks = ticket.clocks.change(lambda clock: no_longer_waiting(clock, context), REFUND)
    refund, remedy = clocks.only(REFUND).unmet, ticket.remedy
    after = evolve(
        ticket,
        withdrawal=noted,
        clocks=clocks.meet(SEND_BACK, at=context.at),
        remedy=replace(remedy, due=refund[0].due) if remedy and refund else remedy,
    )
    return Change(after, log=(_acted(act, agent, context),))


def _record(ticket: Ticket) -> Withdrawal:
    if ticket.withdrawal is None:
        raise InvalidFields({"action": "no_withdrawal"})
    return ticket.withdrawal


def _acted(name: str, agent: Person, context: RuleContext) -> LogEntry:
    return LogEntry(context.at, agent.address, Action.ACTED, details_of(DetailCode.ACT, name))


def _none(day: date) -> None:
    return None
