"""How a ticket ends: with a final answer that was really sent, because nothing more was asked, or as spam.

A reply opens it again, by the policy's rule (replying.takes_replies).
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.rules.policy.model import ConsumerBody
from chalicelib.rules.procedure import reviewing
from chalicelib.rules.tickets.clock_steps import resumed, run_again
from chalicelib.rules.tickets.clocks import (
    ACKNOWLEDGE,
    ANSWERS,
    CLOSE,
    NEXT_ANSWER,
    QUARANTINE,
    REMEDY,
    RESOLVE,
    RETAIN,
    Clocks,
    RuleContext,
    SetBy,
    set_clock,
)
from chalicelib.rules.tickets.due_dates import given_time
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Event, Person, shops_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.procedure_facts import FinalAnswer, Outcome
from chalicelib.rules.tickets.ticket import (
    AFTERCARE,
    Change,
    LogEntry,
    Priority,
    SlaCount,
    State,
    Ticket,
    evolve,
    kept,
)

FINAL = (Outcome.UPHELD, Outcome.PARTLY_UPHELD, Outcome.NOT_UPHELD)
# Whom customers may turn to about their data is an authority; of the others, whoever hears complaints will do.
_COMPLAINT, _DATA_REQUEST = "complaint", "data_request"


def conclude(
    ticket: Ticket, id: str, outcome: Outcome, text: str, agent: Person, context: RuleContext, *, settled: bool
) -> Change:
    """Send the final answer. The ticket closes when it has been sent (`final_answer_sent`). Unless the matter is
    settled with the customer, and in good time, it names the bodies they may turn to. Raises InvalidFields."""
    if outcome not in FINAL:
        raise InvalidFields({"outcome": "unknown"})
    if not text.strip():
        raise InvalidFields({"text": "missing"})
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    if ticket.state is State.CLOSED:
        raise InvalidFields({"action": "closed"})
    if ticket.final_answer and ticket.final_answer.told_at is None:
        raise InvalidFields({"action": "final_answer_under_way"})
    answer = FinalAnswer(id, outcome, context.at, agent.address, bodies=not settled)
    message = shops_message(id, ticket.ref, context.at, agent, text.strip(), Event.FINAL_ANSWER)
    mail = queue((Delivery(Purpose.FINAL_ANSWER, ticket.requester.address),), context.at)
    return Change(
        evolve(ticket, final_answer=answer, assignee=ticket.assignee or agent.address),
        (replace(message, outbox=mail),),
        (LogEntry(context.at, agent.address, Action.FINAL_ANSWER_WRITTEN, outcome.value),),
    )


def bodies(ticket: Ticket, context: RuleContext) -> tuple[ConsumerBody, ...]:
    """The consumer bodies for this customer: of the country they live in, as far as known, else of the shop's; where
    none is for the kind of ticket, those for complaints."""
    country = ticket.country or context.shop.country
    kinds = (ticket.kind,) if ticket.kind == _DATA_REQUEST else (ticket.kind, _COMPLAINT)
    return next((found for kind in kinds if (found := context.shop.bodies_for(country, kind))), ())


def names_bodies(ticket: Ticket, at: datetime) -> bool:
    """Whether a final answer sent now says whom else the customer may turn to: unless settled in good time, it does."""
    answer, resolve = ticket.final_answer, ticket.clock(RESOLVE)
    return answer is not None and (answer.bodies or (resolve is not None and resolve.late(at)))


def final_answer_sent(
    ticket: Ticket, id: str, context: RuleContext, sent_at: datetime | None = None
) -> tuple[Ticket, tuple[LogEntry, ...]]:
    """The final answer was sent (at `sent_at`, if noted later): the promises are met and the ticket is closed. What is
    owed still runs.

    What the customer wrote while it was on its way has no answer yet, and opens the ticket again as a reply would."""
    answer = ticket.final_answer
    if answer is None or answer.id != id or answer.told_at:
        return ticket, ()
    due = names_bodies(ticket, sent_at or context.at)
    named = tuple(body.name for body in bodies(ticket, context)) if due else ()
    answer = replace(answer, told_at=context.at, bodies=due, named=named)
    closed = _closed(replace(ticket, final_answer=answer), answer.outcome, context)
    entry = LogEntry(context.at, AFTERCARE, Action.CLOSED, answer.outcome.value)
    if ticket.state is State.OPEN and ticket.active_at and ticket.active_at > answer.at:
        again = LogEntry(context.at, AFTERCARE, Action.REOPENED, "the customer wrote meanwhile")
        return awaiting_answer(closed, context), (entry, again)
    return closed, (entry,)


def failed(ticket: Ticket, id: str) -> Ticket:
    """The final answer could not be sent: the ticket stays open, and another may be written."""
    undone = ticket.final_answer and ticket.final_answer.id == id and not ticket.final_answer.told_at
    return replace(ticket, final_answer=None) if undone else ticket


def close(ticket: Ticket, outcome: Outcome, reason: str, agent: Person, context: RuleContext) -> Change:
    """Close without a final answer: as settled, or as spam. Raises InvalidFields."""
    if outcome in FINAL:
        raise InvalidFields({"outcome": "needs_final_answer"})
    if ticket.state is State.CLOSED:
        raise InvalidFields({"action": "closed_already"})
    if ticket.final_answer and ticket.final_answer.told_at is None:
        raise InvalidFields({"action": "final_answer_under_way"})
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    entry = LogEntry(context.at, agent.address, Action.CLOSED, f"{outcome}: {reason.strip()[:200]}")
    sla_counts = () if outcome is Outcome.SPAM else kept(ticket, (*ANSWERS, RESOLVE), context.at)
    return Change(evolve(_closed(ticket, outcome, context)), log=(entry,), sla_counts=sla_counts)


def unclaimed(ticket: Ticket, context: RuleContext) -> Change | None:
    """Nobody has taken what was quarantined for genuine in the policy's time: it was spam. Nobody is told, and no
    promise was kept or missed. None as long as somebody may, or has written the final answer that is on its way."""
    clock = ticket.clock(QUARANTINE)
    if clock is None or clock.due > context.at or (ticket.final_answer and ticket.final_answer.told_at is None):
        return None
    entry = LogEntry(context.at, AFTERCARE, Action.CLOSED, f"{Outcome.SPAM}: quarantined for {clock.period}")
    return Change(evolve(_closed(ticket, Outcome.SPAM, context)), log=(entry,))


def settled(ticket: Ticket, context: RuleContext) -> Change:
    """The customer has not come back to our answer for the policy's time."""
    entry = LogEntry(context.at, AFTERCARE, Action.CLOSED, Outcome.SETTLED.value)
    sla_counts = _kept_or_late(ticket, context.at)
    # What nobody has answered was only asked about: it is no promise kept, nor met.
    asked = ticket.clocks.only(*ANSWERS, RESOLVE).unmet
    unanswered = replace(ticket, clocks=ticket.clocks.without(*asked.names))
    return Change(evolve(_closed(unanswered, Outcome.SETTLED, context)), log=(entry,), sla_counts=sla_counts)


def reopen(ticket: Ticket, reason: str, agent: Person, context: RuleContext) -> Change:
    """An agent takes a closed ticket up again. Raises InvalidFields."""
    if ticket.state is not State.CLOSED:
        raise InvalidFields({"action": "not_closed"})
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    entry = LogEntry(context.at, agent.address, Action.REOPENED, reason.strip()[:200])
    return Change(evolve(reopened(ticket, context)), log=(entry,))


def reopened(ticket: Ticket, context: RuleContext) -> Ticket:
    """The ticket open again, with a new promise."""
    clocks = ticket.clocks.without(CLOSE, RETAIN).without_review_clock()
    clocks = clocks.renew(context.shop.kinds[ticket.kind], context, SetBy.REOPENING)
    return replace(ticket, state=State.OPEN, closed_at=None, outcome=None, clocks=clocks)


def awaiting_answer(ticket: Ticket, context: RuleContext) -> Ticket:
    """The ticket when the next word is the shop's: what waited for the customer goes on, and what was answered before
    is promised the next answer in the same time as the first, and is resolved no more."""
    kind = context.shop.kinds[ticket.kind]
    again = reopened(ticket, context) if ticket.state is State.CLOSED else ticket
    clocks = again.clocks.without(CLOSE).each(lambda clock: resumed(clock, kind, context))
    if kind.close_after:  # an answer has met it, but was not the last
        clocks = clocks.change(lambda clock: run_again(clock, kind, context), RESOLVE)
    if kind.first_answer and not clocks.only(*ANSWERS).running:
        clocks = clocks.put(set_clock(NEXT_ANSWER, kind.first_answer, kind, context, SetBy.REPLY))
    return replace(again, state=State.OPEN, clocks=clocks)


def _kept_or_late(ticket: Ticket, now: datetime) -> tuple[SlaCount, ...]:
    """What closing by itself adds to the SLA counter: whether an answer resolved it in time, and what nobody answered
    at all only where that is late."""
    resolve = ticket.clock(RESOLVE)
    names = tuple(clock.name for clock in ticket.clocks.only(*ANSWERS).unmet if clock.late(now))
    if resolve and (resolve.met_at or resolve.late(now)):
        names = (*names, RESOLVE)
    return kept(ticket, names, now)


def _closed(ticket: Ticket, outcome: Outcome, context: RuleContext) -> Ticket:
    """Closed, with every promise met but a remedy that is owed, and kept for the policy's time from now. Of what was
    still quarantined nobody is asked how it went."""
    kind = context.shop.kinds[ticket.kind]
    clocks = ticket.clocks.without(CLOSE, QUARANTINE, RETAIN).without_review_clock()
    if outcome is Outcome.SPAM:
        clocks = clocks.met
    clocks = clocks.meet(*clocks.without(REMEDY, ACKNOWLEDGE).names, at=context.at)
    retain = set_clock(RETAIN, kind.retention(outcome), kind, context, SetBy.CLOSING)
    closed = replace(
        ticket,
        state=State.CLOSED,
        priority=Priority.NORMAL,
        closed_at=context.at,
        outcome=outcome,
        clocks=clocks.put(retain),
        referrals=tuple(replace(r, ended_at=context.at) if r.open else r for r in ticket.referrals),
    )
    return closed if ticket.state is State.QUARANTINED else reviewing.with_review_clock(closed, context)


def after_answer(ticket: Ticket, context: RuleContext) -> Clocks:
    """The clocks once the shop has answered. An answer meets the promise of one and, where the kind closes by itself,
    that of resolving."""
    kind = context.shop.kinds[ticket.kind]
    clocks = ticket.clocks.without(CLOSE, QUARANTINE).meet(*ANSWERS, at=context.at)
    if kind.close_after is None:
        return clocks
    return clocks.meet(RESOLVE, at=context.at).put(given_time(CLOSE, kind.close_after, kind, context, SetBy.ANSWER))
