"""How a ticket ends: with a final answer after it was really sent, because the customer asked nothing more, or as spam.

A reply reopens it, by the policy's rule (replying.takes_replies).
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import InvalidFields, NotOpen
from chalicelib.rules.policy.countries import UNITED_KINGDOM
from chalicelib.rules.policy.model import ConsumerBody, Shop
from chalicelib.rules.policy.promises import ABOUT_DATA, COMPLAINT, DATA_REQUEST, NO_ARTICLES, PRIVACY_COMPLAINT
from chalicelib.rules.procedure import reviewing
from chalicelib.rules.tickets.clock_steps import resumed, run_again
from chalicelib.rules.tickets.clocks import (
    ACKNOWLEDGE,
    ANSWERS,
    CALL_BACK,
    CHAT,
    CHAT_ANSWER,
    CLOSE,
    NEXT_ANSWER,
    QUARANTINE,
    READ,
    REMEDIES,
    RESOLVE,
    RETAIN,
    SEND_BACK,
    Clocks,
    RuleContext,
    SetBy,
    set_clock,
)
from chalicelib.rules.tickets.due_dates import given_time
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, details_of, reason_detail
from chalicelib.rules.tickets.messages import Event, Person, shops_message, system_message
from chalicelib.rules.tickets.outbox import Delivery, Purpose, queue
from chalicelib.rules.tickets.procedure_facts import CallEnd, ChatEnd, FinalAnswer, Outcome
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


def conclude(
    ticket: Ticket, id: str, outcome: Outcome, text: str, agent: Person, context: RuleContext, *, settled: bool
) -> Change:
    """Send the final answer. The ticket closes when the mail was sent (`final_answer_sent`). Unless the matter is
    settled with the customer and in time, the mail names consumer bodies. Raises InvalidFields."""
    if outcome not in FINAL:
        raise InvalidFields({"outcome": "unknown"})
    if not text.strip():
        raise InvalidFields({"text": "missing"})
    if not ticket.requester.address:
        raise InvalidFields({"action": "no_address"})
    if ticket.state is State.CLOSED:
        raise InvalidFields({"action": "closed"})
    refuse_while_chatting(ticket)
    if ticket.final_answer and ticket.final_answer.told_at is None:
        raise InvalidFields({"action": "final_answer_under_way"})
    answer = FinalAnswer(id, outcome, context.at, agent.address, bodies=not settled)
    message = shops_message(id, ticket.ref, context.at, agent, text.strip(), Event.FINAL_ANSWER)
    mail = queue((Delivery(Purpose.FINAL_ANSWER, ticket.requester.address),), context.at)
    return Change(
        evolve(ticket, final_answer=answer, assignee=ticket.assignee or agent.address),
        (replace(message, outbox=mail),),
        (LogEntry(context.at, agent.address, Action.FINAL_ANSWER_WRITTEN, details_of(DetailCode.OUTCOME, outcome)),),
    )


def bodies(ticket: Ticket, context: RuleContext) -> tuple[ConsumerBody, ...]:
    """The consumer bodies for this customer, by the customer's country if it is known, else by the shop's. If there is
    none for the kind of ticket, those for complaints; about personal data only a data protection authority will do."""
    country = ticket.country or context.shop.country
    # A policy of 0.1.0 names its authorities for data requests only.
    others = (DATA_REQUEST,) if ticket.kind in ABOUT_DATA else (COMPLAINT,)
    kinds = (ticket.kind, *others)
    return next((found for kind in kinds if (found := context.shop.bodies_for(country, kind))), ())


def names_right_to_complain(ticket: Ticket, shop: Shop) -> bool:
    """Whether an answer names the right to complain to the shop: answers to requests about personal data do, where the
    shop or the customer is in the United Kingdom (Data (Use and Access) Act 2025 with the regulator's guidance,
    docs/law.md)."""
    return (
        ticket.kind == DATA_REQUEST
        and UNITED_KINGDOM in (ticket.country, shop.country)
        and shop.offers(PRIVACY_COMPLAINT)
    )


def names_bodies(ticket: Ticket, at: datetime) -> bool:
    """Whether a final answer sent at `at` names consumer bodies. It does unless the matter is settled in time, and a
    complaint about personal data always names the authority (decision 203)."""
    answer, resolve = ticket.final_answer, ticket.clock(RESOLVE)
    always = ticket.kind == PRIVACY_COMPLAINT or (resolve is not None and resolve.late(at))
    return answer is not None and (answer.bodies or always)


def final_answer_sent(
    ticket: Ticket, id: str, context: RuleContext, sent_at: datetime | None = None
) -> tuple[Ticket, tuple[LogEntry, ...]]:
    """The ticket after its final answer was sent (at `sent_at`, if that is recorded later): the promises are met and
    the ticket is closed; a remedy's clock still runs.

    If the customer wrote while the mail was on its way, that message has no answer yet and reopens the ticket as a
    reply would.
    """
    answer = ticket.final_answer
    if answer is None or answer.id != id or answer.told_at:
        return ticket, ()
    due, since = names_bodies(ticket, sent_at or context.at), turned(ticket, answer.at)
    named = tuple(body.name for body in bodies(ticket, context)) if due else ()
    answer = replace(answer, told_at=context.at, bodies=due, named=named)
    closed = _closed(replace(ticket, final_answer=answer, written_since=None), answer.outcome, context)
    entry = LogEntry(context.at, AFTERCARE, Action.CLOSED, details_of(DetailCode.OUTCOME, answer.outcome))
    if since:
        again = LogEntry(context.at, AFTERCARE, Action.REOPENED, (Detail(DetailCode.CUSTOMER_WROTE),))
        promised = [clock for clock in ticket.clocks.only(*ANSWERS).unmet if clock.set_at > answer.at]
        awaited = awaiting_answer(reopened(closed, context), replace(context, at=since))
        return replace(awaited, clocks=awaited.clocks.put(*promised)), (entry, again)
    return closed, (entry,)


def turned(ticket: Ticket, written: datetime) -> datetime | None:
    """Since when the customer's newer words have no answer, although one that was `written` before them is leaving now;
    None if they wrote nothing since, or had an answer by telephone."""
    since = ticket.written_since
    return since if since and since > written and ticket.state in (State.OPEN, State.QUARANTINED) else None


def wrote_since(ticket: Ticket, at: datetime) -> datetime | None:
    """`Ticket.written_since` after the customer wrote at `at`."""
    final = ticket.final_answer
    written = ticket.held_answer.at if ticket.held_answer else final.at if final and not final.told_at else None
    known = ticket.written_since
    return at if written and at > written and not (known and known > written) else known


def failed(ticket: Ticket, id: str) -> Ticket:
    """The ticket after its final answer could not be sent: it stays open, and another may be written."""
    undone = ticket.final_answer and ticket.final_answer.id == id and not ticket.final_answer.told_at
    return replace(ticket, final_answer=None) if undone else ticket


def close(ticket: Ticket, outcome: Outcome, reason: str, agent: Person, context: RuleContext) -> Change:
    """Close without a final answer: as settled, or as spam. Raises InvalidFields."""
    if outcome in FINAL:
        raise InvalidFields({"outcome": "needs_final_answer"})
    if outcome is Outcome.SELF_SERVED:
        raise InvalidFields({"outcome": "unknown"})  # only the customer can say so
    if ticket.state is State.CLOSED:
        raise InvalidFields({"action": "closed_already"})
    if outcome is not Outcome.SPAM:
        refuse_while_chatting(ticket)
    if ticket.final_answer and ticket.final_answer.told_at is None:
        raise InvalidFields({"action": "final_answer_under_way"})
    if ticket.held_answer:
        raise InvalidFields({"action": "answer_waiting"})
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    details = (Detail(DetailCode.OUTCOME, outcome), reason_detail(reason))
    entry = LogEntry(context.at, agent.address, Action.CLOSED, details)
    sla_counts = () if outcome is Outcome.SPAM else kept(ticket, (*ANSWERS, RESOLVE), context.at)
    return Change(evolve(_closed(ticket, outcome, context)), log=(entry,), sla_counts=sla_counts)


def refuse_while_chatting(ticket: Ticket) -> None:
    """Raises InvalidFields if a chat runs: its customer is told when it ends, and gets its words by mail
    (decision 303)."""
    if ticket.chat and ticket.chat.open:
        raise InvalidFields({"action": "chat_runs"})


def unclaimed(ticket: Ticket, context: RuleContext) -> Change | None:
    """Closes a ticket as spam when no agent has released it from quarantine within the policy's period. Nobody is
    notified, and no promise counts as kept or missed. None before that time, or while a final answer is on its way."""
    clock = ticket.clock(QUARANTINE)
    under_way = ticket.held_answer or (ticket.final_answer and ticket.final_answer.told_at is None)
    if clock is None or clock.due > context.at or under_way:
        return None
    details = (Detail(DetailCode.OUTCOME, Outcome.SPAM), Detail(DetailCode.QUARANTINED_FOR, clock.period))
    entry = LogEntry(context.at, AFTERCARE, Action.CLOSED, details)
    return Change(evolve(_closed(ticket, Outcome.SPAM, context)), log=(entry,))


def settled(ticket: Ticket, context: RuleContext) -> Change:
    """Closes the ticket because the customer has not replied to our answer within the policy's period."""
    entry = LogEntry(context.at, AFTERCARE, Action.CLOSED, details_of(DetailCode.OUTCOME, Outcome.SETTLED))
    sla_counts = _kept_or_late(ticket, context.at)
    # If nobody answered, the shop only asked a question: no promise was kept or met.
    asked = ticket.clocks.only(*ANSWERS, RESOLVE).unmet
    unanswered = replace(ticket, clocks=ticket.clocks.without(*asked.names))
    return Change(evolve(_closed(unanswered, Outcome.SETTLED, context)), log=(entry,), sla_counts=sla_counts)


def may_be_self_served(ticket: Ticket) -> bool:
    """Whether its customer may still say that an article of the help has answered the ticket: before anybody else did,
    and not for what articles are never offered for."""
    answered = any(clock.met_at for clock in ticket.clocks.only(*ANSWERS))
    begun = answered or ticket.remedy is not None or ticket.final_answer is not None
    return ticket.state is State.OPEN and ticket.kind not in NO_ARTICLES and not begun


def self_served(ticket: Ticket, id: str, context: RuleContext) -> Change | None:
    """Closes the ticket because its customer says that an article of the help has answered it; None if that was done.
    A mail says so: if a program pressed the button, its owner learns of it. `id`: of the message that owes this mail.
    Raises NotOpen.

    The promises ran until now: those that are late by now count as missed. No other counts as kept, since the shop did
    not answer.
    """
    if ticket.outcome is Outcome.SELF_SERVED:
        return None
    if not may_be_self_served(ticket):
        raise NotOpen
    entry = LogEntry(context.at, "customer", Action.CLOSED, details_of(DetailCode.OUTCOME, Outcome.SELF_SERVED))
    sla_counts = _kept_or_late(ticket, context.at)
    unanswered = replace(ticket, clocks=ticket.clocks.without(*ticket.clocks.only(*ANSWERS, RESOLVE).unmet.names))
    closed = evolve(_closed(unanswered, Outcome.SELF_SERVED, context))
    mail = queue((Delivery(Purpose.SELF_SERVED, ticket.requester.address),), context.at)
    message = replace(system_message(id, ticket.ref, context.at, Event.SELF_SERVED, ""), outbox=mail)
    return Change(closed, (message,), (entry,), sla_counts=sla_counts)


def reopen(ticket: Ticket, reason: str, agent: Person, context: RuleContext) -> Change:
    """An agent reopens a closed ticket. Raises InvalidFields."""
    if ticket.state is not State.CLOSED:
        raise InvalidFields({"action": "not_closed"})
    if not reason.strip():
        raise InvalidFields({"reason": "missing"})
    entry = LogEntry(context.at, agent.address, Action.REOPENED, (reason_detail(reason),))
    return Change(evolve(reopened(ticket, context)), log=(entry,))


def reopened(ticket: Ticket, context: RuleContext) -> Ticket:
    """The ticket, open again, with a new promise."""
    clocks = ticket.clocks.without(CLOSE, RETAIN).without_review_clock()
    kind = context.shop.kinds[ticket.kind]
    clocks = clocks.renew(kind, context, SetBy.REOPENING).owe_progress(kind, context, SetBy.REOPENING)
    return replace(ticket, state=State.OPEN, closed_at=None, outcome=None, clocks=clocks)


def awaiting_answer(ticket: Ticket, context: RuleContext) -> Ticket:
    """The ticket when the shop owes the next word. Clocks that waited for the customer go on. After an answer, the next
    answer is promised within the period of the first, and the ticket no longer counts as resolved."""
    kind = context.shop.kinds[ticket.kind]
    again = replace(ticket, written_since=wrote_since(ticket, context.at))
    again = reopened(again, context) if ticket.state is State.CLOSED else again
    clocks = again.clocks.without(CLOSE).each(lambda clock: resumed(clock, kind, context))
    if kind.close_after:  # an answer has met it, but was not the last
        clocks = clocks.change(lambda clock: run_again(clock, kind, context), RESOLVE)
    if kind.first_answer and not clocks.only(*ANSWERS).running:
        clocks = clocks.put(set_clock(NEXT_ANSWER, kind.first_answer, kind, context, SetBy.REPLY))
    return replace(again, state=State.OPEN, clocks=clocks)


def _kept_or_late(ticket: Ticket, now: datetime) -> tuple[SlaCount, ...]:
    """What an automatic close adds to the SLA counters: whether an answer resolved the ticket in time, and the answers
    that are missing only if they are late."""
    resolve = ticket.clock(RESOLVE)
    names = tuple(clock.name for clock in ticket.clocks.only(*ANSWERS).unmet if clock.late(now))
    if resolve and (resolve.met_at or resolve.late(now)):
        names = (*names, RESOLVE)
    return kept(ticket, names, now)


def _closed(ticket: Ticket, outcome: Outcome, context: RuleContext) -> Ticket:
    """The ticket closed, with every promise met except a remedy or refund that is owed, and with its retention starting
    now. There is no review request for a quarantined ticket."""
    kind = context.shop.kinds[ticket.kind]
    # A call that was promised and not made, and a chat that nobody answered, is neither kept nor broken by closing.
    uncalled = ticket.clocks.only(CALL_BACK, CHAT, CHAT_ANSWER).unmet.names
    clocks = ticket.clocks.without(CLOSE, QUARANTINE, RETAIN, *uncalled).without_review_clock()
    if outcome is Outcome.SPAM:
        clocks = clocks.met
    # An answer that nobody has read is read or taken back all the same.
    unmet = (*REMEDIES, SEND_BACK, ACKNOWLEDGE, READ)
    clocks = clocks.meet(*clocks.without(*unmet).names, at=context.at)
    retain = set_clock(RETAIN, kind.retention(outcome), kind, context, SetBy.CLOSING)
    closed = replace(
        ticket,
        state=State.CLOSED,
        priority=Priority.NORMAL,
        closed_at=context.at,
        outcome=outcome,
        call=ticket.call and ticket.call.over(CallEnd.CLOSED, context.at),
        chat=ticket.chat and ticket.chat.over(ChatEnd.CLOSED, context.at),
        clocks=clocks.put(retain),
        referrals=tuple(replace(r, ended_at=context.at) if r.open else r for r in ticket.referrals),
    )
    return closed if ticket.state is State.QUARANTINED else reviewing.with_review_clock(closed, context)


def after_answer(ticket: Ticket, context: RuleContext, written: datetime | None = None) -> Clocks:
    """The clocks after the shop has answered. An answer meets the promise of an answer and, for kinds that close
    automatically, also the promise to resolve. `written`: as for Clocks.meet."""
    kind = context.shop.kinds[ticket.kind]
    clocks = ticket.clocks.without(CLOSE, QUARANTINE).meet(*ANSWERS, at=context.at, written=written)
    clocks = clocks.owe_progress(kind, context, SetBy.ANSWER)
    if kind.close_after is None:
        return clocks
    closes = given_time(CLOSE, kind.close_after, kind, context, SetBy.ANSWER)
    return clocks.meet(RESOLVE, at=context.at, written=written).put(closes)
