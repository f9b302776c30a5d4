"""What is quarantined waits for a person as long as the policy says; then it was spam."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.intake.opening import open_ticket
from chalicelib.rules.privacy.retention import RetentionReason, kept_for
from chalicelib.rules.procedure import concluding, escalating, merging, referring, replying, ticket_admin
from chalicelib.rules.procedure.contacting import Contact, adds
from chalicelib.rules.tickets.clocks import QUARANTINE, RETAIN, Clock
from chalicelib.rules.tickets.custody import Custody
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.outbox import LEASE, Delivery, Outbox, Purpose, Stage, claim, queue
from chalicelib.rules.tickets.procedure_facts import FinalAnswer, Outcome
from chalicelib.rules.tickets.suspicions import Suspicion
from chalicelib.rules.tickets.ticket import Change, Channel, Person, State, Ticket, next_step
from chalicelib.rules.timing.periods import Period, Unit
from tests.support import samples
from tests.support.samples import AUTOMATIC
from tests.support.store.fakes import START

ADA = Person("Ada Lindqvist", "ada@northlight.example")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LATER = START + 2 * DAY
WHY = [{"suspicions": (Suspicion.TRAP,)}, {"automatic": (AUTOMATIC,)}]
SENT = Outbox((), Stage.DONE, START)


def quarantine(**changes: Any) -> Ticket:
    """Quarantined, and its mails to agents are out."""
    return replace(samples.ticket(**{"suspicions": (Suspicion.TRAP,), **changes}), outbox=SENT)


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def waits(ticket: Ticket) -> Clock:
    clock = ticket.clock(QUARANTINE)
    assert clock
    return clock


class TestHowLong:
    @pytest.mark.parametrize("why", WHY)
    def test_it_waits_as_long_as_the_policy_says_and_nothing_else_is_to_come(self, why: dict[str, Any]) -> None:
        ticket = quarantine(**why)
        assert (waits(ticket).period, waits(ticket).due) == ("30 days", START + 30 * DAY)
        assert next_step(ticket) == START + 30 * DAY

    def test_what_is_not_quarantined_has_no_such_clock(self) -> None:
        assert samples.ticket().clock(QUARANTINE) is None

    @given(st.integers(1, 400), st.sampled_from([Unit.HOURS, Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS]))
    def test_whatever_the_period_it_ends_at_its_end_and_not_before(self, amount: int, unit: Unit) -> None:
        context = samples.context()
        context = replace(context, shop=replace(context.shop, quarantine=Period(amount, unit)))
        arrival = samples.arrival(suspicions=(Suspicion.TRAP,))
        ticket = replace(open_ticket(samples.REF, arrival, context.shop, START, context.holidays), outbox=SENT)
        due = context.after(Period(amount, unit))
        assert next_step(ticket) == due
        assert escalating.step(ticket, replace(context, at=due - SECOND), str) is None
        assert changed(escalating.step(ticket, replace(context, at=due), str)).state is State.CLOSED


class TestTheEnd:
    @pytest.mark.parametrize("why", WHY)
    def test_it_is_closed_as_spam_and_nobody_is_told(self, why: dict[str, Any]) -> None:
        ticket, now = quarantine(**why), START + 400 * DAY
        change = escalating.step(ticket, samples.context(now), str)
        assert change
        after = changed(change)
        assert (after.state, after.outcome, after.closed_at) == (State.CLOSED, Outcome.SPAM, now)
        assert (change.messages, change.sla_counts, after.outbox) == ((), (), SENT)
        (entry,) = change.log
        assert (entry.at, entry.actor, entry.action) == (now, "aftercare", Action.CLOSED)
        assert entry.detail == 'outcome=spam quarantined_for="30 days"'
        assert [(clock.name, clock.due) for clock in after.clocks] == [(RETAIN, now + 30 * DAY)]  # as spam is kept
        assert next_step(after) is None
        assert escalating.step(after, samples.context(now + 400 * DAY), str) is None

    def test_it_does_not_cross_a_final_answer_that_is_on_its_way(self) -> None:
        answer = FinalAnswer("f", Outcome.UPHELD, LATER, ADA.address, bodies=False)
        under_way = replace(quarantine(), final_answer=answer)
        assert escalating.step(under_way, samples.context(START + 31 * DAY), str) is None
        refused = concluding.failed(under_way, "f")
        assert changed(escalating.step(refused, samples.context(START + 31 * DAY), str)).outcome is Outcome.SPAM

    def test_a_reply_within_the_policys_time_opens_it_as_any_other(self) -> None:
        closed = changed(escalating.step(quarantine(), samples.context(START + 30 * DAY), str))
        again = changed(samples.reply(closed, now=START + 31 * DAY))
        assert (again.state, again.clock(QUARANTINE), again.outcome) == (State.OPEN, None, None)


def released(ticket: Ticket) -> Change:
    return replying.release_from_quarantine(ticket, samples.northlight(), LATER, "console")


def answered(ticket: Ticket) -> Change:
    return replying.agent_answers(ticket, "a", samples.arrival(person=ADA), samples.context(LATER))


def called(ticket: Ticket) -> Change:
    arrival = samples.arrival(channel=Channel.PHONE, source="call")
    return adds(
        ticket, "c", Contact(arrival, LATER, ADA, arrival.person, outgoing=True, answers=True), samples.context(LATER)
    )


def referred(ticket: Ticket) -> Change:
    party = referring.other_party(samples.northlight(), "Neighbour", "door@next.example", "en")
    return referring.refer(ticket, "r", party, referring.Question("Is it yours?"), ADA, samples.context(LATER))


def condemned(ticket: Ticket) -> Change | None:
    return ticket_admin.spam(ticket, ADA, samples.context(LATER))


def settled(ticket: Ticket) -> Change:
    return concluding.close(ticket, Outcome.SETTLED, "By telephone", ADA, samples.context(LATER))


def joined(ticket: Ticket) -> Change | None:
    return merging.merge(ticket, samples.ticket("NL-00000-00002"), ADA, samples.context(LATER))


@pytest.mark.parametrize("act", [released, answered, called, referred, condemned, settled, joined])
def test_whatever_takes_it_from_there_takes_its_clock_away(act: Callable[[Ticket], Change | None]) -> None:
    change = act(quarantine())
    assert change
    for after in (changed(change), *change.also):
        assert after.state is not State.QUARANTINED
        assert after.clock(QUARANTINE) is None


class TestWhatComesToIt:
    def test_further_words_wait_for_a_person_as_long_as_the_first(self) -> None:
        again = changed(samples.reply(quarantine(), now=LATER))
        assert again.state is State.QUARANTINED
        assert waits(again).due == LATER + 30 * DAY
        assert len([clock for clock in again.clocks if clock.name == QUARANTINE]) == 1

    def test_a_machines_do_not(self) -> None:
        again = changed(samples.reply(quarantine(), now=LATER, automatic=(AUTOMATIC,)))
        assert waits(again) == waits(quarantine())

    def test_what_was_said_before_and_is_noted_now_brings_the_end_no_nearer(self) -> None:
        arrival = samples.arrival(channel=Channel.PHONE, source="call")
        noted = adds(
            quarantine(),
            "c",
            Contact(arrival, START - DAY, ADA, arrival.person, outgoing=False),
            samples.context(LATER),
        )
        assert waits(changed(noted)) == waits(quarantine())


class TestHowLongItIsKept:
    def test_it_is_no_matter_under_way_and_may_go_early(self) -> None:
        assert kept_for([quarantine()], (), LATER) is RetentionReason.NOT_YET
        assert kept_for([quarantine()], (), LATER, early=True) is None

    def test_unless_it_is_on_hold(self) -> None:
        assert (
            kept_for([replace(quarantine(), custody=Custody(hold="A court"))], (), LATER, early=True)
            is RetentionReason.ON_HOLD
        )

    def test_agents_are_to_hear_of_it_before_its_time_is_over_but_not_before_it_may_go_early(self) -> None:
        untold = samples.ticket(suspicions=(Suspicion.TRAP,))
        reply = samples.message_of(samples.reply(quarantine(), now=LATER))
        for ticket, messages in ((untold, ()), (quarantine(), (reply,))):
            assert kept_for([ticket], messages, LATER) is RetentionReason.OWING
            assert kept_for([ticket], messages, LATER, early=True) is None
        assert kept_for([quarantine()], (replace(reply, outbox=SENT),), LATER, early=True) is None

    def test_what_is_owed_to_others_or_just_being_sent_goes_out_before_it_goes_early(self) -> None:
        reply = samples.message_of(samples.reply(quarantine(), now=LATER))
        assert reply.outbox
        to_customer = replace(reply, outbox=queue([Delivery(Purpose.ANSWER, "mira@example.com")], LATER))
        taken = replace(reply, outbox=claim(reply.outbox, LATER))
        for message in (to_customer, taken):
            assert kept_for([quarantine()], (message,), LATER, early=True) is RetentionReason.OWING
        assert kept_for([quarantine()], (taken,), LATER + LEASE, early=True) is None

    def test_once_closed_it_is_kept_as_spam_is(self) -> None:
        closed = changed(escalating.step(quarantine(), samples.context(START + 30 * DAY), str))
        assert kept_for([closed], (), START + 60 * DAY - SECOND) is RetentionReason.NOT_YET
        assert kept_for([closed], (), START + 60 * DAY) is None
