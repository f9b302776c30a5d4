"""What a third party's answer changes on the ticket, and what ends the wait for it."""

from datetime import timedelta

import pytest

from chalicelib.errors import InvalidFields
from chalicelib.rules.procedure import concluding, escalating, referring, replying
from chalicelib.rules.tickets.messages import Author
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import Event, State, Ticket, Visibility
from tests.support import samples
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START
from tests.unit.rules.procedure.test_referring import (
    ADA,
    AGENTS,
    HOUR,
    MIRA,
    answer,
    changed,
    clock,
    mails,
    party,
    referred,
)

LATER = START + timedelta(days=2)


def asked(ticket: Ticket) -> Ticket:
    return changed(replying.asks(ticket, "q", "Which?", ADA, samples.context(START + HOUR)))


def replied_to(ticket: Ticket) -> Ticket:
    inbound = samples.inbound(person=ADA)
    return changed(replying.agent_answers(ticket, "a", inbound, samples.context(START + HOUR)))


def ended(ticket: Ticket, number: int = 1) -> Ticket:
    return changed(referring.end(ticket, number, "They called", ADA, START + HOUR))


class TestAnAnswer:
    def test_an_answer_is_internal_and_the_customer_hears_that_it_came(self) -> None:
        change = answer(referred())
        message = samples.message_of(change)
        assert (message.author, message.visibility) == (Author.THIRD_PARTY, Visibility.INTERNAL)
        assert (message.event, message.about, message.text) == (Event.REFERRAL_ANSWER, "1", "Lost at the depot")
        told = [(Purpose.NOTIFICATION_REFERRAL, agent) for agent in AGENTS]
        assert mails(message) == [*told, (Purpose.REFERRAL_ANSWERED, MIRA)]

    def test_an_answer_ends_its_referral_and_opens_the_ticket(self) -> None:
        after = changed(answer(referred()))
        (referral,) = after.referrals
        assert (after.state, referral.open, referral.answered_at) == (State.OPEN, False, START + HOUR)
        assert clock(after).met_at == START + HOUR
        assert after.clocks[:3] == samples.ticket().clocks

    def test_automatic_mail_is_kept_counts_as_no_answer_and_notifies_agents(self) -> None:
        change = answer(referred(), automatic=(AUTOMATIC,))
        message = samples.message_of(change)
        assert mails(message) == [(Purpose.NOTIFICATION_REFERRAL, agent) for agent in AGENTS]
        assert (message.visibility, message.remarks) == (Visibility.INTERNAL, (Remark.UNCOUNTED,))
        after = changed(change)
        assert (after.state, after.referrals, after.clocks) == (State.REFERRED, referred().referrals, referred().clocks)

    def test_automatic_mail_after_the_answer_notifies_nobody(self) -> None:
        once = changed(answer(referred()))
        assert mails(samples.message_of(answer(once, automatic=(AUTOMATIC,)))) == []

    def test_mail_with_an_unknown_referral_number_is_kept_and_notifies_agents(self) -> None:
        change = answer(referred(), 7)
        assert changed(change).referrals == referred().referrals
        assert mails(samples.message_of(change)) == [(Purpose.NOTIFICATION_REPLY, agent) for agent in AGENTS]

    def test_later_mail_from_the_party_notifies_only_agents(self) -> None:
        once = changed(answer(referred()))
        change = answer(once, at=LATER)
        assert mails(samples.message_of(change)) == [(Purpose.NOTIFICATION_REFERRAL, agent) for agent in AGENTS]
        assert changed(change).referrals == once.referrals

    def test_an_answer_after_closing_reopens_nothing(self) -> None:
        closed = changed(concluding.close(referred(), Outcome.SETTLED, "So", ADA, samples.context(START + HOUR)))
        after = changed(answer(closed, at=LATER))
        assert (after.state, after.clocks) == (State.CLOSED, closed.clocks)

    def test_an_answer_leaves_a_ticket_open_that_the_customer_wrote_to(self) -> None:
        written = changed(samples.reply(referred(), now=START + HOUR))
        assert written.state is State.OPEN
        assert changed(answer(written, at=LATER)).state is State.OPEN
        assert replied_to(written).state is State.REFERRED

    def test_an_answer_resumes_a_clock_that_waited_for_the_customer(self) -> None:
        waiting = asked(referred(samples.ticket(kind="question")))
        assert waiting.state is State.REFERRED
        after = changed(answer(waiting, at=START + HOUR))
        assert after.state is State.OPEN
        assert clock(after, "first_answer").running
        assert after.clock("close") is None

    @pytest.mark.parametrize("kind", ["question", "feedback", "return"])
    def test_an_answer_starts_a_new_promise_even_if_the_customer_was_answered_before(self, kind: str) -> None:
        waiting = replied_to(referred(samples.ticket(kind=kind)))
        assert waiting.state is State.REFERRED
        after = changed(answer(waiting, at=LATER))
        promised = after.clock("resolve") or after.clock("next_answer")
        assert promised
        assert (after.state, promised.running, promised.set_at) == (State.OPEN, True, LATER)
        assert after.clock("close") is None


def test_no_ticket_closes_automatically_while_a_referral_is_open() -> None:
    waiting = replied_to(referred(samples.ticket(kind="feedback")))
    change = escalating.step(waiting, samples.context(clock(waiting, "close").due), str)
    assert changed(change).state is State.REFERRED
    assert changed(change).referrals[0].open
    after = ended(changed(change))
    settled = escalating.step(after, samples.context(START + timedelta(days=30)), str)
    assert changed(settled).outcome is Outcome.SETTLED


class TestTwoReferrals:
    def test_it_stays_referred_until_both_have_answered(self) -> None:
        both = referred(referred(), party("lumenworks"))
        assert [referral.number for referral in both.referrals] == [1, 2]
        one = changed(answer(both, 2))
        assert (one.state, clock(one).running) == (State.REFERRED, True)
        assert clock(one, "referral-2").met_at
        assert changed(answer(one, 1, LATER)).state is State.OPEN

    def test_one_answer_and_one_ended_referral_open_the_ticket(self) -> None:
        both = referred(referred(), party("lumenworks"))
        assert ended(changed(answer(both, 2)), 1).state is State.OPEN

    def test_a_mail_answers_the_latest_referral_to_its_sender(self) -> None:
        twice = referred(changed(answer(referred())))
        found = referring.referral_from(twice, " CLAIMS@swiftparcel.example ")
        assert found
        assert found.number == 2
        assert referring.referral_from(twice, "eve@example.org") is None


class TestEndingAReferral:
    def test_an_agent_can_end_a_referral(self) -> None:
        after = ended(referred())
        assert (after.state, after.referrals[0].ended_at) == (State.OPEN, START + HOUR)
        assert clock(after).met_at == START + HOUR

    @pytest.mark.parametrize("kind", ["question", "feedback", "return"])
    def test_an_answered_ticket_then_waits_for_the_customer(self, kind: str) -> None:
        after = ended(replied_to(referred(samples.ticket(kind=kind))))
        assert after.state is State.WAITING
        assert clock(after, "close").running

    def test_a_ticket_with_a_question_to_the_customer_then_waits_too(self) -> None:
        assert ended(asked(referred(samples.ticket(kind="question")))).state is State.WAITING

    def test_ending_needs_a_reason_and_an_open_referral(self) -> None:
        with pytest.raises(InvalidFields, match="reason"):
            referring.end(referred(), 1, " ", ADA, START)
        for ticket, number in ((referred(), 2), (ended(referred()), 1), (samples.ticket(), 1)):
            with pytest.raises(InvalidFields, match="no_open_referral"):
                referring.end(ticket, number, "They called", ADA, START)
