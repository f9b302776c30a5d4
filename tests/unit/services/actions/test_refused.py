"""A mail that the mail service refuses for good is no secret: agents hear of it, whatever it was to tell."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.tickets.outbox import DeliveryStatus, Purpose, Stage
from chalicelib.rules.tickets.suspicions import Suspicion
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery.bouncing import note_event
from chalicelib.services.delivery.sending import post
from chalicelib.services.ports.tickets import ItemRef
from tests.support import agents, samples
from tests.support.agents import ADA, MIRA, SWIFT, TOM, acts
from tests.support.referrals import refer
from tests.support.store.fakes import World, refusing

SAY: dict[str, Callable[[World], Any]] = {
    "answer": lambda world: acts(world, "answer", text="A new one is on its way."),
    "question": lambda world: acts(world, "ask", text="Which shade?"),
    "instructions": lambda world: acts(world, "instruct", text="Send it back."),
    "remedy_done": lambda world: (acts(world, "remedy", cure="refund", owed_by="seller"), acts(world, "remedy_done")),
}


def refused(world: World) -> list[str]:
    """Whom mails go to once the first that is owed was refused for good."""
    world.mailer.failing = refusing(passing=False)
    agents.stream(world)
    return [mail.recipient for mail in world.mailer.sent]


@pytest.mark.parametrize("purpose", SAY)
def test_agents_hear_of_it(world: World, purpose: str) -> None:
    agents.opened(world)
    SAY[purpose](world)
    assert refused(world) == [ADA]
    (told,) = world.mailer.sent
    assert f"Our mail to {MIRA} was not sent." in told.text
    assert "MessageRejected" in told.text
    assert [lost.purpose for lost in world.store.undelivered("northlight", 10)] == [purpose]


def test_whoever_has_the_ticket_does_too(world: World) -> None:
    agents.opened(world)
    acts(world, "assign", to=TOM)
    SAY["answer"](world)
    assert refused(world) == [ADA, TOM]


def test_it_is_told_once_though_two_senders_found_out(world: World) -> None:
    agents.opened(world)
    SAY["answer"](world)
    (due,) = [ItemRef(ref, id) for ref, id in world.store.messages]
    seen = world.store.messages[due.ref, due.message or ""]
    done: list[bool] = []

    def quicker(change: Change) -> None:
        """The claim ran out while the mail service was asked, and another sender took over and was refused too."""
        item = change.messages[0] if change.messages else None
        if item and item.outbox and item.outbox.deliveries[0].status is DeliveryStatus.REFUSED and not done:
            done.append(True)
            world.clock.advance(minutes=1)
            world.mailer.failing = refusing(passing=False)
            post(world.deps, due)

    world.mailer.failing = refusing(passing=False)
    world.store.before_commit = quicker
    post(world.deps, due, seen)
    agents.stream(world)
    assert [mail.recipient for mail in world.mailer.sent] == [ADA]


class TestReferrals:
    def test_of_one_that_was_never_sent_agents_hear_and_the_customer_does_not(self, world: World) -> None:
        agents.opened(world)
        acts(world, "refer", to="swiftparcel", facts=[], text="Where is it?")
        assert refused(world) == [ADA]
        assert f"Our mail to {SWIFT} was not sent." in world.mailer.sent[0].text
        (message,) = world.store.messages.values()
        assert message.outbox
        assert message.outbox.stage is Stage.DONE

    def test_without_agents_to_tell_nothing_stays_owed(self, world: World) -> None:
        agents.opened(world)
        acts(world, "refer", to="swiftparcel", facts=[], text="Where is it?")
        world.with_shop(agents=())
        assert refused(world) == []
        (message,) = world.store.messages.values()
        assert message.outbox
        assert message.outbox.stage is Stage.DONE

    def test_a_reminder_that_was_refused_is_told_too(self, world: World) -> None:
        agents.opened(world)
        acts(world, "answer", text="We ask the courier.")
        refer(world)
        world.mailer.sent.clear()
        clock = world.store.only_ticket().clock("referral-1")
        assert clock
        world.clock.at = clock.due
        world.mailer.failing = refusing(passing=False)
        look_after_due(world.deps)
        agents.stream(world)
        assert any(f"Our mail to {SWIFT} was not sent." in mail.text for mail in world.mailer.to(ADA))


class TestConfirmations:
    def test_who_is_told_of_the_new_ticket_reads_it_there_and_gets_no_second_mail(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))
        assert refused(world) == [ADA, TOM]
        assert "Our mail to this address did not arrive before" in " ".join(world.mailer.sent[0].text.split())

    def test_sent_later_than_that_agents_are_told(self, world: World) -> None:
        agents.opened(world, suspicions=(Suspicion.HASTY,))
        acts(world, "release_from_quarantine")
        assert refused(world) == [ADA]
        assert f"Our mail to {MIRA} was not sent." in world.mailer.sent[0].text


def test_of_an_address_that_is_suppressed_agents_have_heard(world: World) -> None:
    world.store.commit(Change(samples.ticket(samples.REF, world.clock())))
    agents.stream(world)
    note_event(world.deps, world.mailer.to(MIRA)[0].id, Report(DeliveryEvent.BOUNCED, (MIRA,), "5.1.1", "no such user"))
    agents.stream(world)
    world.mailer.sent.clear()
    acts(world, "refer", to="swiftparcel", facts=[], text="Where is it?")
    agents.stream(world)
    assert [mail.recipient for mail in world.mailer.sent] == [SWIFT]
    (message,) = world.store.messages.values()
    assert message.outbox
    assert [(mail.purpose, mail.status) for mail in message.outbox.deliveries] == [
        (Purpose.REFERRAL, DeliveryStatus.SENT),
        (Purpose.REFERRED, DeliveryStatus.REFUSED),
    ]
