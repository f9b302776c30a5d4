"""A ticket changes its kind: which promises that brings, and that it delays none."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.policy.model import KINDS
from chalicelib.rules.procedure import concluding, escalating, extending, replying, triage
from chalicelib.rules.tickets.clocks import ANSWERS, RESOLVE, SEND_BACK, Clock, RuleContext
from chalicelib.rules.tickets.due_dates import explained
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.remarks import Suspicion
from chalicelib.rules.tickets.ticket import Change, Person, SlaCount, State, Ticket
from chalicelib.rules.timing.periods import Period, Unit, parse
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# One calendar month from START.
MONTH = START.replace(month=12)


def at(now: datetime) -> RuleContext:
    return samples.context(now)


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def became(ticket: Ticket, kind: str, now: datetime) -> Ticket:
    return changed(triage.change(ticket, {"kind": kind}, ADA, at(now)))


def clock(ticket: Ticket, name: str) -> Clock:
    found = ticket.clock(name)
    assert found
    return found


def answered(ticket: Ticket, now: datetime) -> Ticket:
    return changed(replying.agent_answers(ticket, "a", samples.inbound(person=ADA), at(now)))


def extended(ticket: Ticket, days: int, now: datetime) -> Ticket:
    asked = changed(extending.extend(ticket, "e", Period(days, Unit.DAYS), "Parts", ADA, at(now)))
    told, _ = extending.extension_sent(asked, "e", at(now))
    return told


class TestDataRequest:
    def test_a_data_request_is_due_a_month_after_it_came(self) -> None:
        feedback = samples.ticket(kind="feedback")  # feedback promises no final answer
        assert feedback.clock(RESOLVE) is None
        request = became(feedback, "data_request", START + 20 * DAY)
        assert (clock(request, RESOLVE).set_at, clock(request, RESOLVE).due) == (START, MONTH)
        context = at(START)
        assert str(explained(clock(request, RESOLVE), context.shop, context.holidays).period) == "1 month"

    def test_a_sooner_promise_stays(self) -> None:
        question = samples.ticket(kind="question")
        request = became(question, "data_request", START + 2 * DAY)
        assert clock(request, RESOLVE) == clock(question, RESOLVE)
        assert clock(request, "first_answer") == clock(question, "first_answer")

    def test_an_earlier_extension_does_not_extend_the_legal_month(self) -> None:
        complaint = extended(samples.ticket(), 20, START + DAY)
        request = became(complaint, "data_request", START + 3 * DAY)
        assert clock(complaint, RESOLVE).due > MONTH
        assert clock(request, RESOLVE).due == MONTH

    def test_an_answer_to_a_question_does_not_answer_the_data_request(self) -> None:
        question = answered(samples.ticket(kind="question"), START + DAY)
        assert clock(question, RESOLVE).met_at
        request = became(question, "data_request", START + 2 * DAY)
        assert (clock(request, RESOLVE).running, clock(request, RESOLVE).due) == (True, MONTH)
        assert request.clock("close") is None
        assert clock(request, "first_answer").met_at == START + DAY

    def test_a_reopened_tickets_month_still_counts_from_its_opening(self) -> None:
        closed = changed(concluding.close(samples.ticket(), Outcome.SETTLED, "Done", ADA, at(START + DAY)))
        again = changed(concluding.reopen(closed, "It was about her data", ADA, at(START + 5 * DAY)))
        assert clock(became(again, "data_request", START + 6 * DAY), RESOLVE).due == MONTH

    def test_a_data_request_recognised_too_late_escalates_at_once_and_once(self) -> None:
        request = replace(became(samples.ticket(kind="feedback"), "data_request", MONTH + DAY), outbox=None)
        context = at(MONTH + DAY)
        change = escalating.step(request, context, str)
        assert change
        assert ("promise due", f"clock={RESOLVE}") in [(entry.action, entry.detail) for entry in change.log]
        assert escalating.step(changed(change), context, str) is None

    def test_a_quarantined_tickets_month_counts_from_its_opening_too(self) -> None:
        quarantined = samples.ticket(kind="feedback", suspicions=(Suspicion.TRAP,))
        request = became(quarantined, "data_request", START + 9 * DAY)
        assert (request.state, clock(request, RESOLVE).due) == (State.QUARANTINED, MONTH)
        assert clock(request, "quarantine") == clock(quarantined, "quarantine")


class TestAnyOtherKind:
    def test_a_stricter_promise_counts_from_the_opening(self) -> None:
        complaint = samples.ticket()  # 30 days
        question = became(complaint, "return", START + 3 * DAY)  # 14 days
        assert (clock(question, RESOLVE).set_at, clock(question, RESOLVE).due) == (START, START + 14 * DAY)

    def test_a_laxer_promise_changes_nothing(self) -> None:
        question = samples.ticket(kind="question")
        assert became(question, "complaint", START + 3 * DAY).clocks == question.clocks

    def test_an_extension_the_customer_was_told_stays(self) -> None:
        complaint = extended(samples.ticket(), 20, START + DAY)
        assert clock(became(complaint, "return", START + 2 * DAY), RESOLVE) == clock(complaint, RESOLVE)

    def test_a_paused_first_answer_stays_paused(self) -> None:
        asked = changed(replying.asks(samples.ticket(kind="question"), "q", "Which?", ADA, at(START + HOUR)))
        after = became(asked, "return", START + 2 * HOUR)
        assert clock(after, "first_answer") == clock(asked, "first_answer")

    def test_the_next_answer_counts_from_the_customers_last_message(self) -> None:
        again = changed(samples.reply(answered(samples.ticket(kind="feedback"), START + DAY), now=START + 2 * DAY))
        after = became(again, "question", START + 2 * DAY + HOUR)  # a working day instead of five
        next_answer = clock(after, "next_answer")
        assert (next_answer.set_at, next_answer.due) == (START + 2 * DAY, START + 5 * DAY)

    def test_a_reopened_tickets_promise_counts_from_the_reopening(self) -> None:
        closed = changed(concluding.close(samples.ticket(), Outcome.SETTLED, "Done", ADA, at(START + DAY)))
        again = changed(concluding.reopen(closed, "One more thing", ADA, at(START + 20 * DAY)))
        once = became(again, "return", START + 21 * DAY)
        assert clock(once, RESOLVE).due == START + 34 * DAY
        assert clock(became(once, "question", START + 22 * DAY), RESOLVE) == clock(once, RESOLVE)

    def test_a_ticket_reopened_from_spam_gets_no_second_answer_promise(self) -> None:
        spam = changed(concluding.close(samples.ticket(), Outcome.SPAM, "Junk", ADA, at(START + DAY)))
        again = changed(samples.reply(spam, now=START + 2 * DAY))
        after = became(again, "question", START + 2 * DAY + HOUR)
        assert {c.name for c in after.clocks if c.running} == {RESOLVE, "next_answer"}
        assert all(c.set_at == START + 2 * DAY for c in after.clocks)

    def test_a_missed_promise_is_not_counted_again(self) -> None:
        complaint = replace(samples.ticket(), outbox=None)
        late = START + 31 * DAY
        first = escalating.step(complaint, at(late), str)
        assert first
        assert first.sla_counts == (SlaCount("northlight", late, missed=2),)  # the first answer, and the final one
        after = became(changed(first), "return", late + HOUR)
        assert clock(after, RESOLVE).due == START + 14 * DAY
        following = escalating.step(after, at(late + DAY), str)
        assert following
        assert following.sla_counts == ()
        assert ("promise daily", f"clock={RESOLVE}") in [(entry.action, entry.detail) for entry in following.log]

    def test_a_promise_met_late_keeps_its_date_when_the_answer_is_no_longer_final(self) -> None:
        late = START + 15 * DAY
        question = changed(escalating.step(samples.ticket(kind="question"), at(late), str))
        after = became(answered(question, late + HOUR), "complaint", late + 2 * HOUR)
        assert clock(after, RESOLVE) == clock(question, RESOLVE)

    def test_a_closed_ticket_gets_no_promise(self) -> None:
        closed = changed(concluding.close(samples.ticket(), Outcome.SETTLED, "Done", ADA, at(START + DAY)))
        assert became(closed, "data_request", START + 2 * DAY).clocks == closed.clocks


@given(
    st.sampled_from(KINDS),
    st.lists(st.sampled_from(["answer", "reply", "ask", "extend"]), max_size=4),
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
    st.lists(st.integers(1, 20 * 24), min_size=8, max_size=8),
)
def test_no_running_promise_is_ever_delayed_and_each_is_explained_as_counted(
    kind: str, steps: list[str], kinds: list[str], hours: list[int]
) -> None:
    ticket, now = samples.ticket(kind=kind), START
    acts = {
        "answer": lambda: answered(ticket, now),
        "reply": lambda: changed(samples.reply(ticket, now=now)),
        "ask": lambda: changed(replying.asks(ticket, "q", "Which?", ADA, at(now))),
        "extend": lambda: extended(ticket, 5, now),
    }
    for step, passed in zip(steps, hours, strict=False):
        now += passed * HOUR
        try:
            ticket = acts[step]()
        except InvalidFields:
            continue
    for new, passed in zip(kinds, reversed(hours), strict=False):
        now += passed * HOUR
        if new == ticket.kind:
            continue
        before, ticket = ticket, became(ticket, new, now)
        context = at(now)
        for made in before.clocks:
            after = ticket.clock(made.name)
            if made.running and made.name in (*ANSWERS, RESOLVE):
                assert after
                assert after.running
                assert after.due <= made.due
        for after in ticket.clocks:
            # Of the time that customers are given they have the whole last day.
            if after.set_by == "kind" and after.name != SEND_BACK:
                assert after.due == replace(context, at=after.set_at).after(parse(after.period))
        assert len({c.name for c in ticket.clocks}) == len(ticket.clocks)
        promise = ticket.clock(RESOLVE)
        if new == "data_request":
            assert promise
            assert promise.running
            assert promise.due <= MONTH
        if context.shop.kinds[new].close_after is None:
            assert any(c.running for c in ticket.clocks if c.name in (*ANSWERS, RESOLVE))
            assert ticket.clock("close") is None
