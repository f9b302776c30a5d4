"""How a ticket ends: with a final answer that was really sent, as settled, or as spam."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import concluding, escalating, referring
from chalicelib.rules.procedure.remedies import remedying
from chalicelib.rules.tickets.clocks import Clock
from chalicelib.rules.tickets.outbox import Delivery, Purpose
from chalicelib.rules.tickets.procedure_facts import Outcome, OwedBy, RemedyKind
from chalicelib.rules.tickets.ticket import Change, Event, Person, SlaCount, State, Ticket, Visibility
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = START + 3 * HOUR
OVERDUE = START + 31 * DAY


def conclude(
    ticket: Ticket,
    outcome: Outcome = Outcome.UPHELD,
    at: datetime = START + HOUR,
    id: str = "f",
    *,
    settled: bool = True,
) -> Change:
    return concluding.conclude(ticket, id, outcome, " You are right ", ADA, samples.context(at), settled=settled)


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def told(ticket: Ticket, id: str = "f", at: datetime = LATER) -> Ticket:
    return concluding.final_answer_sent(ticket, id, samples.context(at))[0]


def close(ticket: Ticket, outcome: Outcome = Outcome.SETTLED, at: datetime = LATER) -> Change:
    return concluding.close(ticket, outcome, "By telephone", ADA, samples.context(at))


def clock(ticket: Ticket, name: str) -> Clock:
    found = ticket.clock(name)
    assert found
    return found


def owing(ticket: Ticket) -> Ticket:
    return changed(
        remedying.set_remedy(ticket, remedying.Terms(RemedyKind.REFUND, OwedBy.SELLER), ADA, samples.context())
    )


class TestWritingAFinalAnswer:
    def test_the_final_answer_is_owed_as_mail_and_closes_nothing_yet(self) -> None:
        change = conclude(samples.ticket())
        message = samples.message_of(change)
        assert (message.text, message.event, message.visibility) == (
            "You are right",
            Event.FINAL_ANSWER,
            Visibility.SHARED,
        )
        assert message.outbox
        assert message.outbox.deliveries == (Delivery(Purpose.FINAL_ANSWER, "mira.holm@example.com"),)
        after = changed(change)
        assert (after.state, after.clocks, after.outcome) == (State.OPEN, samples.ticket().clocks, None)
        assert after.final_answer
        assert (after.final_answer.id, after.final_answer.told_at) == ("f", None)

    @pytest.mark.parametrize(
        ("settled", "at", "named"),
        [(True, LATER, False), (False, LATER, True), (True, OVERDUE, True), (False, OVERDUE, True)],
    )
    def test_it_names_dispute_bodies_unless_settled_in_time(self, settled: bool, at: datetime, named: bool) -> None:
        written = changed(conclude(samples.ticket(), settled=settled))
        answer = told(written, at=at).final_answer
        assert answer
        assert answer.bodies is named
        assert answer.named == (("Universalschlichtungsstelle des Bundes",) if named else ())

    def test_without_a_fitting_body_it_names_none_but_the_courts_stay(self) -> None:
        answer = told(changed(conclude(replace(samples.ticket(), country="US"), settled=False))).final_answer
        assert answer
        assert (answer.bodies, answer.named) == (True, ())

    def test_a_sending_recorded_late_is_judged_by_when_it_was_sent(self) -> None:
        written = changed(conclude(samples.ticket()))
        answer = concluding.final_answer_sent(written, "f", samples.context(OVERDUE), OVERDUE - 2 * DAY)[0].final_answer
        assert answer
        assert (answer.bodies, answer.told_at) == (False, OVERDUE)

    @pytest.mark.parametrize("outcome", [Outcome.SPAM, Outcome.SETTLED])
    def test_spam_and_settled_are_no_outcomes_of_a_final_answer(self, outcome: Outcome) -> None:
        with pytest.raises(InvalidFields, match="outcome"):
            conclude(samples.ticket(), outcome)

    def test_it_needs_text_an_address_and_no_other_under_way(self) -> None:
        with pytest.raises(InvalidFields, match="text"):
            concluding.conclude(samples.ticket(), "f", Outcome.UPHELD, "", ADA, samples.context(), settled=True)
        with pytest.raises(InvalidFields, match="no_address"):
            conclude(samples.ticket(person=Person("", "")))
        with pytest.raises(InvalidFields, match="under_way"):
            conclude(changed(conclude(samples.ticket())), id="g")

    @pytest.mark.parametrize(
        ("country", "kind", "body"),
        [
            (None, "complaint", "Universalschlichtungsstelle des Bundes"),
            ("AT", "warranty", "Verbraucherschlichtung Austria"),
            ("at", "return", "Verbraucherschlichtung Austria"),
            (None, "data_request", "Berliner Beauftragte für Datenschutz und Informationsfreiheit"),
            ("US", "complaint", None),
            ("DE", "question", "Universalschlichtungsstelle des Bundes"),
            ("AT", "data_request", None),
        ],
    )
    def test_dispute_bodies_are_those_of_the_customers_country(
        self, country: str | None, kind: str, body: str | None
    ) -> None:
        found = concluding.bodies(replace(samples.ticket(kind=kind), country=country), samples.context())
        assert [each.name for each in found] == ([body] if body else [])


class TestFinalAnswerSent:
    @pytest.mark.parametrize("outcome", concluding.FINAL)
    def test_every_promise_is_met_and_the_ticket_is_closed(self, outcome: Outcome) -> None:
        after = told(changed(conclude(samples.ticket(), outcome)))
        assert (after.state, after.closed_at, after.outcome) == (State.CLOSED, LATER, outcome)
        assert {c.name for c in after.clocks if not c.met_at} == {"acknowledge", "retain"}
        assert clock(after, "resolve").met_at == clock(after, "first_answer").met_at == LATER
        assert after.final_answer
        assert after.final_answer.told_at == LATER

    def test_it_takes_effect_once_and_another_mail_does_not_close_the_ticket(self) -> None:
        written = changed(conclude(samples.ticket()))
        assert concluding.final_answer_sent(written, "another", samples.context(LATER)) == (written, ())
        once = told(written)
        assert concluding.final_answer_sent(once, "f", samples.context(LATER + DAY)) == (once, ())

    def test_a_customers_message_since_then_keeps_the_ticket_open(self) -> None:
        written = changed(conclude(samples.ticket()))
        crossed = changed(samples.reply(written, now=START + 2 * HOUR))
        after, log = concluding.final_answer_sent(crossed, "f", samples.context(LATER))
        assert (after.state, after.closed_at, after.outcome) == (State.OPEN, None, None)
        assert clock(after, "first_answer").met_at == LATER
        assert clock(after, "next_answer").running
        assert clock(after, "resolve").set_at == LATER
        assert after.clock("retain") is None
        assert [entry.action for entry in log] == ["closed", "reopened"]

    def test_return_instructions_since_then_do_not_keep_it_open(self) -> None:
        written = changed(conclude(samples.ticket()))
        crossed = changed(remedying.instruct(written, "i", "Wrap it well", ADA, START + 2 * HOUR))
        assert told(crossed).state is State.CLOSED

    def test_an_earlier_customers_message_does_not_keep_it_open(self) -> None:
        written = changed(conclude(changed(samples.reply(samples.ticket(), now=START)), at=START + HOUR))
        assert told(written).state is State.CLOSED

    def test_after_a_failed_final_answer_another_can_be_written(self) -> None:
        failed = concluding.failed(changed(conclude(samples.ticket())), "f")
        assert (failed.state, failed.final_answer) == (State.OPEN, None)
        assert told(failed) == failed
        assert told(changed(conclude(failed, Outcome.NOT_UPHELD, id="g")), "g").outcome is Outcome.NOT_UPHELD

    def test_the_failure_of_another_mail_changes_nothing(self) -> None:
        for ticket in (changed(conclude(samples.ticket())), told(changed(conclude(samples.ticket())))):
            assert concluding.failed(ticket, "another") == ticket
        closed = told(changed(conclude(samples.ticket())))
        assert concluding.failed(closed, "f") == closed

    def test_a_reopened_ticket_may_have_another_final_answer(self) -> None:
        closed = told(changed(conclude(samples.ticket())))
        again = changed(concluding.reopen(closed, "A new photo", ADA, samples.context(LATER + DAY)))
        second = changed(conclude(again, Outcome.PARTLY_UPHELD, LATER + 2 * DAY, "g"))
        assert told(second, "g", LATER + 2 * DAY).outcome is Outcome.PARTLY_UPHELD


class TestAfterClosing:
    def test_a_remedy_runs_on_and_escalates(self) -> None:
        closed = told(changed(conclude(owing(samples.ticket()))))
        assert clock(closed, "remedy") == clock(owing(samples.ticket()), "remedy")
        change = escalating.step(closed, samples.context(START + 15 * DAY), str)
        assert change
        assert [message.about for message in change.messages] == ["remedy due"]
        assert changed(change).state is State.CLOSED

    def test_no_other_clock_has_steps_any_more(self) -> None:
        asked = referring.party_of(samples.shipped(), "swiftparcel", "en")
        assert asked
        referred = referring.refer(samples.ticket(), "r", asked, referring.Question("Where?"), ADA, samples.context())
        closed = told(changed(conclude(changed(referred))))
        assert [referral.ended_at for referral in closed.referrals] == [LATER]
        assert escalating.step(closed, samples.context(START + 900 * DAY), str) is None


class TestClosing:
    def test_closing_as_settled_meets_the_promises(self) -> None:
        change = close(samples.ticket())
        after = changed(change)
        assert (after.state, after.outcome, change.messages) == (State.CLOSED, Outcome.SETTLED, ())
        assert change.sla_counts == (SlaCount("northlight", LATER, kept=2),)
        assert [entry.detail for entry in change.log] == ['outcome=settled reason="By telephone"']

    def test_closing_as_settled_too_late_misses_them(self) -> None:
        assert close(samples.ticket(), at=OVERDUE).sla_counts == (SlaCount("northlight", OVERDUE, missed=2),)

    def test_closing_as_spam_drops_all_promises(self) -> None:
        change = close(owing(samples.ticket()), Outcome.SPAM)
        assert [c.name for c in changed(change).clocks] == ["retain"]
        assert change.sla_counts == ()

    @pytest.mark.parametrize(
        ("kind", "outcome", "kept"),
        [
            ("complaint", Outcome.SETTLED, "3 years"),
            ("complaint", Outcome.SPAM, "30 days"),
            ("question", Outcome.SETTLED, "1 year"),
            ("question", Outcome.SPAM, "30 days"),
        ],
    )
    def test_retention_goes_by_the_outcome(self, kind: str, outcome: Outcome, kept: str) -> None:
        retain = clock(changed(close(samples.ticket(kind=kind), outcome)), "retain")
        assert (retain.period, retain.set_at, retain.next_step) == (kept, LATER, None)
        years = {"3 years": 2029, "1 year": 2027, "30 days": 2026}
        assert retain.due.year == years[kept]

    def test_a_final_outcome_or_a_second_closing_is_refused(self) -> None:
        for outcome in concluding.FINAL:
            with pytest.raises(InvalidFields, match="needs_final_answer"):
                close(samples.ticket(), outcome)
        with pytest.raises(InvalidFields, match="closed_already"):
            close(changed(close(samples.ticket())))
        with pytest.raises(InvalidFields, match="reason"):
            concluding.close(samples.ticket(), Outcome.SPAM, " ", ADA, samples.context())
