"""An extension and a final answer take effect once their mail was really sent: also when it is refused, late, unproven
or overtaken."""

import pytest

from chalicelib.errors import NotSent
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.tickets.clocks import SetBy
from chalicelib.rules.tickets.messages import Event
from chalicelib.rules.tickets.ticket import Change, State
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.bouncing import note_event
from chalicelib.services.delivery.sending import post
from tests.support import agents
from tests.support.agents import ADA, MIRA
from tests.support.mail_events import SAY, SAY_OTHERWISE, holds, notice, resolve
from tests.support.store.fakes import START, World, refusing

both = pytest.mark.parametrize("event", SAY)


@pytest.fixture(autouse=True)
def opened(world: World) -> None:
    agents.opened(world)


class TestSent:
    @both
    def test_it_takes_effect_when_the_mail_was_sent(self, world: World, event: Event) -> None:
        SAY[event](world)
        assert not holds(world, event)
        world.clock.advance(minutes=1)
        agents.stream(world)
        assert holds(world, event)
        assert [mail.recipient for mail in world.mailer.sent] == [MIRA]

    def test_the_extended_promise_names_the_extension_as_its_cause(self, world: World) -> None:
        SAY[Event.EXTENSION](world)
        agents.stream(world)
        assert (resolve(world).set_by, resolve(world).set_at) == (SetBy.EXTENSION, START)
        assert agents.log(world)[-1] == ("aftercare", "extended", "until=2027-01-04")

    @both
    def test_the_event_after_the_senders_record_changes_nothing(self, world: World, event: Event) -> None:
        SAY[event](world)
        agents.stream(world)
        before = (world.store.only_ticket().clocks, list(world.store.log), dict(world.store.sla_counts))
        agents.proven(world)
        assert before == (world.store.only_ticket().clocks, world.store.log, world.store.sla_counts)

    @both
    def test_the_event_before_the_senders_record_counts_once(self, world: World, event: Event) -> None:
        SAY[event](world)
        done: list[Change] = []

        def quicker(change: Change) -> None:
            if change.sent and not done:
                done.append(change)
                agents.proven(world)

        world.store.before_commit = quicker
        agents.stream(world)
        assert holds(world, event)
        assert sum(kept for kept, _ in world.store.sla_counts.values()) == (2 if event is Event.FINAL_ANSWER else 0)
        assert [action for _, action, _ in agents.log(world)][1:] == [
            "extended" if event is Event.EXTENSION else "closed"
        ]

    def test_a_late_event_does_not_meet_the_promise_of_a_new_message(self, world: World) -> None:
        SAY[Event.FINAL_ANSWER](world)
        agents.stream(world)
        kept = dict(world.store.sla_counts)
        agents.customer_writes(world)
        agents.proven(world)
        assert world.store.only_ticket().state is State.OPEN
        assert world.store.sla_counts == kept


class TestRefused:
    @both
    def test_a_refusal_for_good_has_no_effect_and_agents_are_mailed(self, world: World, event: Event) -> None:
        SAY[event](world)
        world.mailer.failing = refusing(passing=False)
        post(world.deps, notice(world, event))
        agents.stream(world)
        assert not holds(world, event)
        (warned,) = world.mailer.sent
        assert warned.recipient == ADA
        assert MIRA in warned.text
        assert "was not sent" in warned.text
        assert "MessageRejected" in warned.text
        assert event.value not in [entry["event"] for entry in agents.customer_reads(world)]
        # Another one can be written.
        SAY_OTHERWISE[event](world)
        agents.stream(world)
        assert world.mailer.to(MIRA)
        assert event.value in [entry["event"] for entry in agents.customer_reads(world)]

    @both
    def test_a_deferred_mail_takes_effect_when_it_is_sent(self, world: World, event: Event) -> None:
        SAY[event](world)
        world.mailer.failing = refusing(passing=True, times=2)
        for _ in range(2):
            with pytest.raises(NotSent):
                post(world.deps, notice(world, event))
            assert not holds(world, event)
            world.clock.advance(minutes=10)
        look_after_due(world.deps)
        assert holds(world, event)
        assert resolve(world).met_at in (None, world.clock())

    @both
    def test_a_later_bounce_is_mailed_to_agents(self, world: World, event: Event) -> None:
        SAY[event](world)
        agents.stream(world)
        note_event(world.deps, world.mailer.sent[0].id, Report(DeliveryEvent.BOUNCED, (MIRA,), "5.1.1", "no such user"))
        agents.stream(world)
        assert [mail.recipient for mail in world.mailer.sent] == [MIRA, ADA]
        assert "no such user" in world.mailer.sent[1].text
