"""A complaint about personal data: its clocks, the word of the progress that it owes, and the authority at its end."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.rules.procedure import (
    concluding,
    contacting,
    escalating,
    extending,
    merging,
    replying,
    reviewing,
    triage,
)
from chalicelib.rules.tickets.clocks import NEXT_ANSWER, PROGRESS, RESOLVE, Clock
from chalicelib.rules.tickets.messages import Channel
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, Person, State, Ticket, promises
from chalicelib.rules.timing.periods import Period, Unit
from tests.support import samples
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
DAY = timedelta(days=1)
KIND = "privacy_complaint"
REPORT = 30 * DAY


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def clock(ticket: Ticket, name: str) -> Clock:
    found = ticket.clock(name)
    assert found
    return found


def answered(ticket: Ticket, at: datetime) -> Ticket:
    return changed(replying.agent_answers(ticket, f"a{at}", samples.inbound(person=ADA), samples.context(at)))


@pytest.fixture
def complaint() -> Ticket:
    return replace(samples.ticket(kind=KIND), outbox=None)


class TestWordOfTheProgress:
    def test_is_owed_from_the_opening_and_again_after_each_answer(self, complaint: Ticket) -> None:
        assert clock(complaint, PROGRESS).due == START + REPORT
        later = START + 9 * DAY
        assert clock(answered(complaint, later), PROGRESS).due == later + REPORT

    def test_is_not_put_off_by_a_question_back(self, complaint: Ticket) -> None:
        asked = changed(replying.asks(complaint, "q", "Which call was it?", ADA, samples.context(START + DAY)))
        assert clock(asked, PROGRESS) == clock(complaint, PROGRESS)
        assert clock(asked, RESOLVE).running

    def test_is_no_promise_that_customers_or_figures_see(self, complaint: Ticket) -> None:
        assert PROGRESS not in promises(complaint).names

    def test_escalates_as_the_policy_says(self, complaint: Ticket) -> None:
        extended = _extended(answered(complaint, START + DAY), START + 2 * DAY)
        at = clock(extended, PROGRESS).due + DAY
        only = replace(extended, clocks=extended.clocks.only(PROGRESS))
        change = escalating.step(only, samples.context(at), str)
        assert change
        assert [entry.detail for entry in change.log] == [f"clock={PROGRESS}"]
        (message,) = change.messages
        assert message.outbox
        assert {mail.purpose for mail in message.outbox.deliveries} == {Purpose.ESCALATION}
        assert not change.sla_counts

    def test_an_extension_that_was_told_is_word_of_the_progress(self, complaint: Ticket) -> None:
        told = _extended(complaint, START + 20 * DAY)
        assert clock(told, PROGRESS).due == START + 20 * DAY + REPORT

    def test_ends_with_the_ticket_and_begins_again_with_it(self, complaint: Ticket) -> None:
        closed = changed(concluding.close(complaint, Outcome.SETTLED, "Done", ADA, samples.context(START + DAY)))
        assert clock(closed, PROGRESS).met_at
        again = changed(concluding.reopen(closed, "Not done", ADA, samples.context(START + 5 * DAY)))
        assert (clock(again, PROGRESS).running, clock(again, PROGRESS).due) == (True, START + 5 * DAY + REPORT)

    def test_an_answer_that_is_noted_late_takes_back_no_time(self, complaint: Ticket) -> None:
        told = answered(complaint, START + 9 * DAY)
        call = contacting.Contact(
            samples.inbound(person=ADA, channel=Channel.PHONE), START + DAY, ADA, told.requester, True, answers=True
        )
        noted = changed(contacting.adds(told, "c", call, samples.context(START + 10 * DAY)))
        assert clock(noted, PROGRESS).due == START + 9 * DAY + REPORT

    def test_goes_on_in_the_ticket_into_which_it_is_merged(self, complaint: Ticket) -> None:
        into = samples.ticket("NL-8M2QD-R4T7W", START + DAY, kind=KIND)
        change = merging.merge(complaint, into, ADA, samples.context(START + 2 * DAY))
        assert change
        both = next(each for each in (change.ticket, *change.also) if each and each.ref == into.ref)
        assert clock(both, PROGRESS).due == clock(complaint, PROGRESS).due


class TestTheKind:
    def test_counts_from_the_opening_when_it_is_recognised_later(self) -> None:
        feedback = samples.ticket(kind="feedback")
        became = changed(triage.change(feedback, {"kind": KIND}, ADA, samples.context(START + 20 * DAY)))
        assert {name: clock(became, name).due for name in (RESOLVE, PROGRESS)} == {
            RESOLVE: START + REPORT,
            PROGRESS: START + REPORT,
        }

    def test_counts_the_progress_from_the_last_answer_then(self) -> None:
        told = answered(samples.ticket(kind="complaint"), START + DAY)
        became = changed(triage.change(told, {"kind": KIND}, ADA, samples.context(START + 2 * DAY)))
        assert clock(became, PROGRESS).due == START + DAY + REPORT

    def test_leaves_no_clock_of_its_own_when_it_was_wrong(self, complaint: Ticket) -> None:
        became = changed(triage.change(complaint, {"kind": "complaint"}, ADA, samples.context(START + DAY)))
        assert became.clock(PROGRESS) is None

    def test_a_customers_reply_has_a_promise_of_its_own(self, complaint: Ticket) -> None:
        again = changed(samples.reply(answered(complaint, START + DAY), now=START + 2 * DAY))
        assert (again.state, clock(again, NEXT_ANSWER).running) == (State.OPEN, True)

    def test_is_followed_by_no_request_for_a_rating(self, complaint: Ticket) -> None:
        closed = changed(concluding.close(complaint, Outcome.SETTLED, "Done", ADA, samples.context(START + DAY)))
        assert not reviewing.askable(closed, START + 2 * DAY)


class TestTheAuthority:
    def test_is_that_of_the_customers_country_and_no_dispute_body(self, complaint: Ticket) -> None:
        names = [body.name for body in concluding.bodies(complaint, samples.context())]
        assert names == ["Berliner Beauftragte für Datenschutz und Informationsfreiheit"]
        assert not concluding.bodies(replace(complaint, country="AT"), samples.context())

    def test_is_the_one_for_data_requests_where_a_policy_names_none_for_complaints(self, complaint: Ticket) -> None:
        context = samples.context()
        bodies = tuple(
            replace(body, kinds=("data_request",)) if KIND in body.kinds else body for body in context.shop.bodies
        )
        older = replace(context, shop=replace(context.shop, bodies=bodies))
        assert concluding.bodies(complaint, older)

    def test_is_named_in_a_settled_answer_too(self, complaint: Ticket) -> None:
        for ticket, named in ((complaint, True), (samples.ticket(), False)):
            written = changed(
                concluding.conclude(
                    ticket, "f", Outcome.UPHELD, "You are right", ADA, samples.context(START + DAY), settled=True
                )
            )
            assert concluding.names_bodies(written, START + DAY) is named


class TestTheRightToComplain:
    @pytest.mark.parametrize(
        ("kind", "shop_country", "country", "named"),
        [
            ("data_request", "GB", None, True),
            ("data_request", "DE", "GB", True),
            ("data_request", "DE", None, False),
            ("data_request", "DE", "AT", False),
            ("complaint", "GB", "GB", False),
        ],
    )
    def test_is_named_in_answers_to_data_requests_in_the_united_kingdom(
        self, kind: str, shop_country: str, country: str | None, named: bool
    ) -> None:
        shop = replace(samples.northlight(), country=shop_country)
        ticket = replace(samples.ticket(kind=kind), country=country)
        assert concluding.names_right_to_complain(ticket, shop) is named

    def test_is_not_named_by_a_shop_that_takes_none(self) -> None:
        shop = samples.northlight()
        kinds = {**shop.kinds, KIND: replace(shop.kinds[KIND], offered=False)}
        ticket = replace(samples.ticket(kind="data_request"), country="GB")
        assert not concluding.names_right_to_complain(ticket, replace(shop, kinds=kinds))


def _extended(ticket: Ticket, at: datetime) -> Ticket:
    context = samples.context(at)
    asked = changed(extending.extend(ticket, "e", Period(20, Unit.DAYS), "The courier looks into it", ADA, context))
    return extending.extension_sent(asked, "e", context)[0]
