"""A quarantined ticket waits for an agent as long as the policy says; then it is closed as spam."""

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
from chalicelib.rules.tickets.remarks import Suspicion
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
    """A quarantined ticket; its mails to agents were sent."""
    return replace(samples.ticket(**{"suspicions": (Suspicion.TRAP,), **changes}), outbox=SENT)


def changed(change: Change | None) -> Ticket:
    assert change
    assert change.ticket
    return change.ticket


def waits(ticket: Ticket) -> Clock:
    clock = ticket.clock(QUARANTINE)
    assert clock
    return clock


class TestPeriod:
    @pytest.mark.parametrize("why", WHY)
    def test_the_period_is_the_policys_and_the_only_step_to_come(self, why: dict[str, Any]) -> None:
        ticket = quarantine(**why)
        assert (waits(ticket).period, waits(ticket).due) == ("30 days", START + 30 * DAY)
        assert next_step(ticket) == START + 30 * DAY

    def test_an_open_ticket_has_no_quarantine_clock(self) -> None:
        assert samples.ticket().clock(QUARANTINE) is None

    @given(st.integers(1, 400), st.sampled_from([Unit.HOURS, Unit.DAYS, Unit.WORKING_DAYS, Unit.MONTHS]))
    def test_the_ticket_is_closed_at_the_end_of_any_period_and_not_before(self, amount: int, unit: Unit) -> None:
        context = samples.context()
        context = replace(context, shop=replace(context.shop, quarantine=Period(amount, unit)))
        inbound = samples.inbound(suspicions=(Suspicion.TRAP,))
        ticket = replace(open_ticket(samples.REF, inbound, context.shop, START, context.holidays), outbox=SENT)
        due = context.after(Period(amount, unit))
        assert next_step(ticket) == due
        assert escalating.step(ticket, replace(context, at=due - SECOND), str) is None
        assert changed(escalating.step(ticket, replace(context, at=due), str)).state is State.CLOSED


class TestTheEnd:
    @pytest.mark.parametrize("why", WHY)
    def test_it_is_closed_as_spam_and_nobody_is_mailed(self, why: dict[str, Any]) -> None:
        ticket, now = quarantine(**why), START + 400 * DAY
        change = escalating.step(ticket, samples.context(now), str)
        assert change
        after = changed(change)
        assert (after.state, after.outcome, after.closed_at) == (State.CLOSED, Outcome.SPAM, now)
        assert (change.messages, change.sla_counts, after.outbox) == ((), (), SENT)
        (entry,) = change.log
        assert (entry.at, entry.actor, entry.action) == (now, "aftercare", Action.CLOSED)
        assert entry.detail == 'outcome=spam quarantined_for="30 days"'
        assert [(clock.name, clock.due) for clock in after.clocks] == [(RETAIN, now + 30 * DAY)]  # as for spam
        assert next_step(after) is None
        assert escalating.step(after, samples.context(now + 400 * DAY), str) is None

    def test_it_waits_for_a_final_answer_that_is_being_sent(self) -> None:
        answer = FinalAnswer("f", Outcome.UPHELD, LATER, ADA.address, bodies=False)
        under_way = replace(quarantine(), final_answer=answer)
        assert escalating.step(under_way, samples.context(START + 31 * DAY), str) is None
        refused = concluding.failed(under_way, "f")
        assert changed(escalating.step(refused, samples.context(START + 31 * DAY), str)).outcome is Outcome.SPAM

    def test_a_reply_reopens_it_like_any_closed_ticket(self) -> None:
        closed = changed(escalating.step(quarantine(), samples.context(START + 30 * DAY), str))
        again = changed(samples.reply(closed, now=START + 31 * DAY))
        assert (again.state, again.clock(QUARANTINE), again.outcome) == (State.OPEN, None, None)


def released(ticket: Ticket) -> Change:
    return replying.release_from_quarantine(ticket, samples.northlight(), LATER, "console")


def answered(ticket: Ticket) -> Change:
    return replying.agent_answers(ticket, "a", samples.inbound(person=ADA), samples.context(LATER))


def called(ticket: Ticket) -> Change:
    inbound = samples.inbound(channel=Channel.PHONE, source="call")
    return adds(
        ticket, "c", Contact(inbound, LATER, ADA, inbound.person, outgoing=True, answers=True), samples.context(LATER)
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
def test_every_action_that_ends_quarantine_removes_its_clock(act: Callable[[Ticket], Change | None]) -> None:
    change = act(quarantine())
    assert change
    for after in (changed(change), *change.also):
        assert after.state is not State.QUARANTINED
        assert after.clock(QUARANTINE) is None


class TestFurtherMessages:
    def test_a_further_message_starts_the_period_again(self) -> None:
        again = changed(samples.reply(quarantine(), now=LATER))
        assert again.state is State.QUARANTINED
        assert waits(again).due == LATER + 30 * DAY
        assert len([clock for clock in again.clocks if clock.name == QUARANTINE]) == 1

    def test_an_automatic_message_does_not_start_the_period_again(self) -> None:
        again = changed(samples.reply(quarantine(), now=LATER, automatic=(AUTOMATIC,)))
        assert waits(again) == waits(quarantine())

    def test_an_earlier_contact_logged_now_does_not_shorten_the_period(self) -> None:
        inbound = samples.inbound(channel=Channel.PHONE, source="call")
        noted = adds(
            quarantine(),
            "c",
            Contact(inbound, START - DAY, ADA, inbound.person, outgoing=False),
            samples.context(LATER),
        )
        assert waits(changed(noted)) == waits(quarantine())


class TestRetention:
    def test_a_quarantined_ticket_may_be_deleted_early(self) -> None:
        assert kept_for([quarantine()], (), LATER) is RetentionReason.NOT_YET
        assert kept_for([quarantine()], (), LATER, early=True) is None

    def test_a_quarantined_ticket_on_legal_hold_is_kept(self) -> None:
        assert (
            kept_for([replace(quarantine(), custody=Custody(legal_hold="A court"))], (), LATER, early=True)
            is RetentionReason.ON_HOLD
        )

    def test_owed_notifications_to_agents_delay_a_purge_but_not_an_early_deletion(self) -> None:
        untold = samples.ticket(suspicions=(Suspicion.TRAP,))
        reply = samples.message_of(samples.reply(quarantine(), now=LATER))
        for ticket, messages in ((untold, ()), (quarantine(), (reply,))):
            assert kept_for([ticket], messages, LATER) is RetentionReason.OWING
            assert kept_for([ticket], messages, LATER, early=True) is None
        assert kept_for([quarantine()], (replace(reply, outbox=SENT),), LATER, early=True) is None

    def test_mail_owed_to_a_customer_or_being_sent_delays_an_early_deletion(self) -> None:
        reply = samples.message_of(samples.reply(quarantine(), now=LATER))
        assert reply.outbox
        to_customer = replace(reply, outbox=queue([Delivery(Purpose.ANSWER, "mira@example.com")], LATER))
        taken = replace(reply, outbox=claim(reply.outbox, LATER))
        for message in (to_customer, taken):
            assert kept_for([quarantine()], (message,), LATER, early=True) is RetentionReason.OWING
        assert kept_for([quarantine()], (taken,), LATER + LEASE, early=True) is None

    def test_once_closed_it_is_kept_as_long_as_spam(self) -> None:
        closed = changed(escalating.step(quarantine(), samples.context(START + 30 * DAY), str))
        assert kept_for([closed], (), START + 60 * DAY - SECOND) is RetentionReason.NOT_YET
        assert kept_for([closed], (), START + 60 * DAY) is None
