"""When the mail service refuses a mail for good, agents hear of it, for every purpose of mail."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.tickets.outbox import DeliveryStatus, Purpose, Stage
from chalicelib.rules.tickets.remarks import Suspicion
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
    "remedy_done": lambda world: (
        acts(world, "remedy", remedy_kind="refund", owed_by="seller"),
        acts(world, "remedy_done"),
    ),
}


def refused(world: World) -> list[str]:
    """The recipients of the mails after the first owed mail was refused for good."""
    world.mailer.failing = refusing(passing=False)
    agents.stream(world)
    return [mail.recipient for mail in world.mailer.sent]


@pytest.mark.parametrize("purpose", SAY)
def test_agents_are_mailed(world: World, purpose: str) -> None:
    agents.opened(world)
    SAY[purpose](world)
    assert refused(world) == [ADA]
    (told,) = world.mailer.sent
    assert f"Our mail to {MIRA} was not sent." in told.text
    assert "MessageRejected" in told.text
    assert [lost.purpose for lost in world.store.undelivered("northlight", 10)] == [purpose]


def test_the_assignee_is_mailed_too(world: World) -> None:
    agents.opened(world)
    acts(world, "assign", to=TOM)
    SAY["answer"](world)
    assert refused(world) == [ADA, TOM]


def test_agents_are_mailed_once_when_two_senders_were_refused(world: World) -> None:
    agents.opened(world)
    SAY["answer"](world)
    (due,) = [ItemRef(ref, id) for ref, id in world.store.messages]
    seen = world.store.messages[due.ref, due.message or ""]
    done: list[bool] = []

    def quicker(change: Change) -> None:
        """While this sender asked the mail service, its claim expired; another sender took over and was refused too."""
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
    def test_a_refused_referral_is_mailed_to_agents_and_not_to_the_customer(self, world: World) -> None:
        agents.opened(world)
        acts(world, "refer", to="swiftparcel", facts=[], text="Where is it?")
        assert refused(world) == [ADA]
        assert f"Our mail to {SWIFT} was not sent." in world.mailer.sent[0].text
        (message,) = world.store.messages.values()
        assert message.outbox
        assert message.outbox.stage is Stage.DONE

    def test_without_agents_nothing_stays_owed(self, world: World) -> None:
        agents.opened(world)
        acts(world, "refer", to="swiftparcel", facts=[], text="Where is it?")
        world.with_shop(agents=())
        assert refused(world) == []
        (message,) = world.store.messages.values()
        assert message.outbox
        assert message.outbox.stage is Stage.DONE

    def test_a_refused_reminder_is_mailed_to_agents_too(self, world: World) -> None:
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


class TestAcknowledgements:
    def test_the_new_ticket_notification_mentions_it_and_no_second_mail_is_sent(self, world: World) -> None:
        world.store.commit(Change(samples.ticket()))
        assert refused(world) == [ADA, TOM]
        assert "Our mail to this address did not arrive before" in " ".join(world.mailer.sent[0].text.split())

    def test_a_later_refused_acknowledgement_is_mailed_to_agents(self, world: World) -> None:
        agents.opened(world, suspicions=(Suspicion.HASTY,))
        acts(world, "release_from_quarantine")
        assert refused(world) == [ADA]
        assert f"Our mail to {MIRA} was not sent." in world.mailer.sent[0].text


def test_a_mail_to_a_suppressed_address_is_refused_without_another_notice(world: World) -> None:
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
