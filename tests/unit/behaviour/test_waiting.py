"""Which side must write next: questions to the customer, the next answer, reopened tickets, and automatic closing."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import concluding, escalating, replying
from chalicelib.rules.tickets.clocks import Clock, SetBy
from chalicelib.rules.tickets.due_dates import explained
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, Event, Person, SlaCount, State, Ticket, Visibility, next_step
from tests.support import samples
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = START + HOUR


def changed(change: Change) -> Ticket:
    assert change.ticket
    return change.ticket


def ends(at: datetime) -> datetime:
    """The last minute of that day in Berlin, in winter: a customer who was given a day has the whole day."""
    return at.replace(hour=22, minute=59, second=0, microsecond=0)


def question(**changes: Any) -> Ticket:
    return samples.ticket(kind="question", **changes)


def asked(ticket: Ticket, at: datetime = LATER) -> Ticket:
    return changed(replying.asks(ticket, "q", "Which lamp is it?", ADA, samples.context(at)))


def answered(ticket: Ticket, at: datetime = LATER) -> Change:
    return replying.agent_answers(ticket, "a", samples.inbound(person=ADA), samples.context(at))


def replied(ticket: Ticket, at: datetime) -> Ticket:
    return changed(samples.reply(ticket, now=at))


def clock(ticket: Ticket, name: str) -> Clock:
    found = ticket.clock(name)
    assert found
    return found


def step(ticket: Ticket, at: datetime) -> Change | None:
    return escalating.step(ticket, samples.context(at), str)


class TestQuestions:
    def test_the_customer_is_mailed_the_question(self) -> None:
        change = replying.asks(samples.ticket(), "q", " Which lamp is it? ", ADA, samples.context(LATER))
        message = samples.message_of(change)
        assert (message.text, message.event, message.visibility) == (
            "Which lamp is it?",
            Event.QUESTION,
            Visibility.SHARED,
        )
        assert message.outbox
        assert message.outbox.deliveries == (Delivery(Purpose.QUESTION, "mira.holm@example.com"),)
        assert (changed(change).state, changed(change).assignee) == (State.WAITING, ADA.address)

    def test_a_question_pauses_the_answer_if_the_policy_says_so_but_never_the_resolution(self) -> None:
        waiting = asked(question())
        assert clock(waiting, "first_answer").paused_at == LATER
        assert clock(waiting, "resolve") == clock(question(), "resolve")
        assert clock(waiting, "close").due == ends(LATER + 7 * DAY)

    def test_without_the_policys_pause_no_clock_is_paused(self) -> None:
        assert asked(samples.ticket()).clocks == samples.ticket().clocks

    def test_an_overdue_answer_is_not_paused(self) -> None:
        due = clock(question(), "first_answer").due
        assert clock(asked(question(), due), "first_answer").running

    def test_the_customers_reply_resumes_the_clock_with_its_time_left(self) -> None:
        waiting = asked(question())
        again = replied(waiting, LATER + 7 * DAY)
        assert again.state is State.OPEN
        assert clock(again, "first_answer").due == clock(question(), "first_answer").due + 7 * DAY
        assert again.clock("close") is None
        assert again.clock("next_answer") is None

    def test_an_automatic_reply_does_not_resume_it(self) -> None:
        waiting = asked(question())
        assert changed(samples.reply(waiting, now=LATER, automatic=(AUTOMATIC,))).clocks == waiting.clocks

    def test_an_answer_during_the_pause_meets_the_promise(self) -> None:
        waiting = asked(question())
        much_later = clock(waiting, "first_answer").due + DAY
        change = answered(waiting, much_later)
        assert change.sla_counts == (SlaCount("northlight", much_later, kept=1),)
        again = replied(changed(change), much_later + DAY)
        assert clock(again, "first_answer") == clock(changed(change), "first_answer")
        assert not clock(again, "first_answer").late(much_later)

    def test_asking_twice_leaves_one_clock_per_name(self) -> None:
        twice = asked(asked(question()), LATER + DAY)
        assert clock(twice, "first_answer").paused_at == LATER
        assert clock(twice, "close").due == ends(LATER + 8 * DAY)
        assert len({c.name for c in twice.clocks}) == len(twice.clocks)

    def test_a_question_needs_text_an_address_and_an_open_ticket(self) -> None:
        closed = concluding.close(question(), Outcome.SETTLED, "By telephone", ADA, samples.context())
        for ticket, text, problem in (
            (question(), "  ", {"text": "missing"}),
            (question(person=Person("", "")), "Which?", {"action": "no_address"}),
            (changed(closed), "Which?", {"action": "closed"}),
        ):
            with pytest.raises(InvalidFields) as caught:
                replying.asks(ticket, "q", text, ADA, samples.context(LATER))
            assert caught.value.codes == problem


class TestTheNextAnswer:
    def test_a_message_after_an_answer_is_promised_one_in_the_same_time(self) -> None:
        once = changed(answered(samples.ticket()))
        again = replied(once, START + DAY)
        following = clock(again, "next_answer")
        assert (following.due, following.set_by) == (START + 5 * DAY, "reply")  # two working days
        assert clock(again, "first_answer").met_at == LATER

    def test_a_message_before_the_first_answer_gets_no_second_promise(self) -> None:
        assert replied(samples.ticket(), LATER).clock("next_answer") is None
        twice = replied(replied(changed(answered(samples.ticket())), START + DAY), START + 2 * DAY)
        assert clock(twice, "next_answer").set_at == START + DAY

    def test_an_answer_meets_it_and_a_further_message_starts_another(self) -> None:
        again = replied(changed(answered(samples.ticket())), START + DAY)
        change = answered(again, START + 2 * DAY)
        assert clock(changed(change), "next_answer").met_at == START + 2 * DAY
        assert change.sla_counts == (SlaCount("northlight", START + 2 * DAY, kept=1),)
        assert clock(replied(changed(change), START + 3 * DAY), "next_answer").set_at == START + 3 * DAY

    def test_an_answer_resolves_only_kinds_that_close_automatically(self) -> None:
        assert clock(changed(answered(question())), "resolve").met_at == LATER
        assert clock(changed(answered(samples.ticket())), "resolve").running

    def test_a_late_answer_is_counted_as_missed_once(self) -> None:
        due = clock(samples.ticket(), "first_answer").due
        late = due + HOUR
        assert answered(samples.ticket(), late).sla_counts == (SlaCount("northlight", late, missed=1),)
        overdue = step(samples.ticket(), late)
        assert overdue
        assert overdue.sla_counts == (SlaCount("northlight", late, missed=1),)
        assert answered(changed(overdue), late + HOUR).sla_counts == ()


class TestAnAnswerFollowedByAReply:
    """For kinds that close automatically, an answer meets the promise to resolve; the customer's next message undoes
    that."""

    def test_the_promise_runs_again_to_the_same_day(self) -> None:
        due = clock(question(), "resolve").due
        again = replied(changed(answered(question())), START + DAY)
        assert (clock(again, "resolve").due, clock(again, "resolve").met_at) == (due, None)
        change = step(again, due)
        assert change
        assert "resolve due" in [message.about for message in change.messages]

    def test_if_that_day_is_over_it_is_due_now(self) -> None:
        late = clock(question(), "resolve").due - DAY
        again = replied(changed(answered(question(), late)), late + 3 * DAY)
        resolve = clock(again, "resolve")
        assert (resolve.due, resolve.running) == (late + 3 * DAY, True)
        assert explained(resolve, samples.shipped(), lambda day: None).decided == SetBy.CAME_BACK

    def test_a_late_promise_keeps_its_date_and_is_counted_once(self) -> None:
        due = clock(question(), "resolve").due
        overdue = changed(step(question(), due + HOUR) or Change())
        again = replied(changed(answered(overdue, due + 2 * HOUR)), due + 3 * HOUR)
        assert clock(again, "resolve").due == due
        following = step(again, due + 2 * DAY)
        assert following
        assert (
            sum(sla_counts.missed for sla_counts in following.sla_counts) == 1
        )  # the next answer, and not the resolution again

    def test_after_several_answers_it_is_counted_as_kept_once(self) -> None:
        ticket, kept = question(), 0
        for day in range(3):
            change = answered(ticket, START + day * DAY + HOUR)
            kept += sum(sla_counts.kept for sla_counts in change.sla_counts)
            ticket = replied(changed(change), START + day * DAY + 2 * HOUR)
        last = answered(ticket, START + 4 * DAY)
        closing = step(changed(last), ends(START + 11 * DAY))
        assert closing
        assert kept + sum(sla_counts.kept for sla_counts in (*last.sla_counts, *closing.sla_counts)) == 4 + 1

    def test_a_complaints_promise_runs_all_the_time(self) -> None:
        again = replied(changed(answered(samples.ticket())), START + DAY)
        assert clock(again, "resolve") == clock(samples.ticket(), "resolve")


class TestAutomaticClosing:
    def test_a_ticket_without_a_reply_to_its_answer_closes(self) -> None:
        ticket = changed(answered(question()))
        assert step(ticket, ends(LATER + 7 * DAY) - timedelta(seconds=1)) is None
        change = step(ticket, ends(LATER + 7 * DAY))
        assert change
        assert (changed(change).state, changed(change).outcome) == (State.CLOSED, Outcome.SETTLED)
        assert change.messages == ()
        assert clock(changed(change), "retain").due > LATER + 300 * DAY

    def test_closing_keeps_the_promise_to_resolve_if_the_last_answer_was_in_time(self) -> None:
        ticket = changed(answered(question()))
        change = step(ticket, ends(LATER + 7 * DAY))
        assert change
        assert change.sla_counts == (SlaCount("northlight", ends(LATER + 7 * DAY), kept=1),)

    def test_closing_an_unanswered_ticket_keeps_no_promise(self) -> None:
        change = step(asked(question()), ends(LATER + 7 * DAY))
        assert change
        assert changed(change).state is State.CLOSED
        assert change.sla_counts == ()
        assert (changed(change).clock("first_answer"), changed(change).clock("resolve")) == (None, None)

    def test_a_reply_keeps_it_open(self) -> None:
        again = replied(changed(answered(question())), START + DAY)
        assert again.clock("close") is None
        change = step(again, START + 9 * DAY)
        assert change is None or changed(change).state is State.OPEN

    def test_a_complaint_never_closes_automatically(self) -> None:
        assert changed(answered(samples.ticket())).clock("close") is None


class TestReopened:
    @pytest.mark.parametrize("kind", ["question", "complaint", "feedback", "warranty", "return", "data_request"])
    @pytest.mark.parametrize("outcome", [Outcome.SETTLED, Outcome.SPAM])
    def test_a_reopened_ticket_has_a_new_promise(self, kind: str, outcome: Outcome) -> None:
        closed = changed(concluding.close(samples.ticket(kind=kind), outcome, "So", ADA, samples.context(LATER)))
        again = changed(concluding.reopen(closed, "Not so", ADA, samples.context(LATER + DAY)))
        assert (again.state, again.closed_at, again.outcome) == (State.OPEN, None, None)
        assert again.clock("retain") is None
        promised = again.clock("resolve") or again.clock("next_answer")
        assert promised
        assert (promised.running, promised.set_at, promised.set_by) == (True, LATER + DAY, "reopening")
        assert next_step(replace(again, outbox=None))

    def test_a_customers_reply_promises_an_answer_as_well(self) -> None:
        closed = changed(concluding.close(samples.ticket(), Outcome.SETTLED, "So", ADA, samples.context(LATER)))
        again = replied(closed, LATER + DAY)
        assert (again.state, again.closed_at) == (State.OPEN, None)
        assert clock(again, "resolve").set_at == clock(again, "next_answer").set_at == LATER + DAY

    def test_only_a_closed_ticket_can_be_reopened_and_needs_a_reason(self) -> None:
        with pytest.raises(InvalidFields, match="not_closed"):
            concluding.reopen(samples.ticket(), "Why not", ADA, samples.context())
        closed = changed(concluding.close(samples.ticket(), Outcome.SPAM, "So", ADA, samples.context()))
        with pytest.raises(InvalidFields, match="reason"):
            concluding.reopen(closed, " ", ADA, samples.context())
