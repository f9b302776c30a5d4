"""While an extension or a final answer is being sent, crashes and new messages lose nothing and cause no second
notice."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import NotSent
from chalicelib.rules.tickets.messages import Event, Message, Visibility
from chalicelib.rules.tickets.outbox import LEASE, DeliveryStatus
from chalicelib.rules.tickets.ticket import Change, State
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.sending import post
from tests.support import agents
from tests.support.agents import MIRA, acts
from tests.support.mail_events import DUE, SAY, holds, notice, resolve
from tests.support.store.fakes import START, World

both = pytest.mark.parametrize("event", SAY)


@pytest.fixture(autouse=True)
def opened(world: World) -> None:
    agents.opened(world)


def meanwhile(world: World, does: Callable[[], Any]) -> None:
    """Run `does` just before the next commit."""

    def once(change: Change) -> None:
        world.store.before_commit = lambda change: None
        does()

    world.store.before_commit = once


def dies_before_noting(world: World, event: Event) -> None:
    """The mail service accepts the mail, and the sender's process ends."""

    def die(change: Change) -> None:
        if change.sent:
            raise KeyboardInterrupt

    world.store.before_commit = die
    with pytest.raises(KeyboardInterrupt):
        post(world.deps, notice(world, event))
    world.store.before_commit = lambda change: None


class TestDeath:
    @both
    def test_the_mail_services_event_proves_the_sending(self, world: World, event: Event) -> None:
        SAY[event](world)
        dies_before_noting(world, event)
        assert not holds(world, event)
        agents.proven(world)
        assert holds(world, event)
        world.clock.advance(seconds=LEASE.total_seconds())
        look_after_due(world.deps)
        assert [mail.recipient for mail in world.mailer.sent] == [MIRA]

    @both
    def test_without_the_event_the_mail_is_sent_again_after_the_lease(self, world: World, event: Event) -> None:
        SAY[event](world)
        dies_before_noting(world, event)
        world.clock.advance(seconds=LEASE.total_seconds() - 1)
        look_after_due(world.deps)
        assert not holds(world, event)
        world.clock.advance(seconds=1)
        look_after_due(world.deps)
        assert holds(world, event)
        assert [mail.recipient for mail in world.mailer.sent] == [MIRA, MIRA]

    @both
    def test_a_timeout_of_the_mail_service_waits_for_the_lease(self, world: World, event: Event) -> None:
        SAY[event](world)
        world.mailer.failing = [NotSent("ReadTimeoutError", passing=True, unanswered=True)]
        with pytest.raises(NotSent):
            post(world.deps, notice(world, event))
        assert not holds(world, event)
        world.clock.advance(seconds=LEASE.total_seconds())
        look_after_due(world.deps)
        assert holds(world, event)


class TestConcurrentChanges:
    @both
    def test_a_customers_message_during_the_record_is_not_lost(self, world: World, event: Event) -> None:
        SAY[event](world)
        post_at = notice(world, event)

        def once(change: Change) -> None:
            if change.sent:
                world.store.before_commit = lambda change: None
                world.clock.advance(seconds=1)
                agents.customer_writes(world, "Wait, one more thing.")

        world.store.before_commit = once
        post(world.deps, post_at)
        ticket = world.store.only_ticket()
        assert "Wait, one more thing." in [message.text for message in world.store.messages.values()]
        assert ticket.state is State.OPEN
        assert ticket.active_at == world.clock()
        (sent,) = _notice(world, event).outbox.deliveries  # type: ignore[union-attr]
        assert sent.status is DeliveryStatus.SENT
        assert [mail.recipient for mail in world.mailer.sent] == [MIRA]
        if event is Event.EXTENSION:
            assert holds(world, event)
        else:
            assert ticket.final_answer
            assert ticket.final_answer.told_at == world.clock()
            assert [(c.name, c.set_by) for c in ticket.clocks if c.running] == [
                ("resolve", "reopening"), ("next_answer", "reply"),
            ]  # fmt: skip

    def test_a_ticket_closed_before_the_sending_gets_no_extension(self, world: World) -> None:
        SAY[Event.EXTENSION](world)
        acts(world, "close", outcome="settled", reason="By telephone.")
        agents.stream(world)
        assert resolve(world).met_at == START
        assert resolve(world).due == DUE
        assert world.store.only_ticket().state is State.CLOSED

    def test_an_agents_concurrent_change_is_kept(self, world: World) -> None:
        SAY[Event.FINAL_ANSWER](world)
        meanwhile(world, lambda: acts(world, "find", fault="seller", reason="Our packing."))
        agents.stream(world)
        assert holds(world, Event.FINAL_ANSWER)
        assert world.store.only_ticket().finding


def _notice(world: World, event: Event) -> Message:
    found = agents.message(world, event)
    assert found.visibility is Visibility.SHARED
    assert found.outbox
    return found
