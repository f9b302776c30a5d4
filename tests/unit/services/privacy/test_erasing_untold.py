"""An erasure does not wait for owed notifications about what is erased; other owed mail is sent first."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.aws import events
from chalicelib.aws.table import ticket_items
from chalicelib.rules.privacy.retention import RetentionReason
from chalicelib.rules.tickets.outbox import LEASE, Delivery, Purpose, Stage, claim, queue
from chalicelib.rules.tickets.ticket import Change, Message, evolve
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.orders.dispatching import post
from chalicelib.services.privacy import erasing
from tests.support import agents, records
from tests.support.agents import ADA, stream
from tests.support.records import found
from tests.support.scenarios import JON, STEPS, WILMA, Life, Somebody
from tests.support.store.fakes import FakeRun, World
from tests.support.store.fakes import world as new_world

EVENT = {"shop": "northlight", "email": WILMA.address, "confirm": WILMA.address, "reason": "Asked for by letter"}


@pytest.fixture
def world() -> World:
    return new_world(limits_on=False)


def says(world: World, step: str, *who: Somebody) -> None:
    """They write several messages in quick succession; all but the first wait for their notification."""
    life = Life(world, number=len(world.store.messages) + 50)
    for each in who:
        life.number += 1
        STEPS[step](life, each, 0, 0)
        stream(world)
        world.clock.advance(seconds=20)
    records.indexed(world)


def closed(world: World) -> str:
    (ref,) = world.store.tickets
    agents.acts(world, "close", ref, outcome="settled", reason="Done.")
    stream(world)
    return ref


def erase(world: World) -> dict[str, Any]:
    return erasing.erase_subject(world.deps, EVENT, FakeRun())


def waiting(world: World) -> list[Message]:
    return [m for m in world.store.messages.values() if m.outbox and m.outbox.stage is Stage.HELD]


def later(world: World) -> list[str]:
    """The mails that agents get afterwards."""
    before = len(world.mailer.to(ADA))
    for _ in range(4):
        world.clock.advance(minutes=6)
        look_after_due(world.deps)
        stream(world)
    return [mail.text for mail in world.mailer.to(ADA)[before:]]


@pytest.fixture
def opened(world: World) -> Callable[[Somebody], None]:
    def by(who: Somebody) -> None:
        Life(world).do("form", who, 0, 0)

    return by


class TestTheirOwnTicket:
    @pytest.mark.parametrize("step", ["page", "reply"])
    def test_it_is_deleted_although_notifications_are_still_owed(
        self, world: World, opened: Callable[[Somebody], None], step: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        opened(WILMA)
        says(world, step, WILMA, WILMA, WILMA)
        closed(world)
        assert len(waiting(world)) == 2
        answer = erase(world)
        assert (answer["deleted"], answer["kept"], answer["complete"]) == (1, [], True)
        assert found(world, *WILMA.traces) == []
        assert later(world) == []
        assert "failed" not in caplog.text

    def test_a_quarantined_ticket_is_deleted_too(self, world: World) -> None:
        STEPS["quarantine"](Life(world), WILMA, 1, 0)
        records.indexed(world)
        (ticket,) = world.store.tickets.values()
        assert ticket.outbox and ticket.outbox.stage is Stage.QUEUED
        assert erase(world)["deleted"] == 1
        assert found(world, *WILMA.traces) == []

    def test_it_is_kept_while_a_mail_to_them_is_owed(self, world: World, opened: Callable[[Somebody], None]) -> None:
        opened(WILMA)
        (ref,) = world.store.tickets
        agents.acts(world, "answer", ref, text="It comes.")
        agents.acts(world, "close", ref, outcome="settled", reason="Done.")
        assert [one["why"] for one in erase(world)["kept"]] == [erasing._WHY[RetentionReason.OWING]]
        stream(world)
        assert erase(world)["deleted"] == 1

    def test_it_is_kept_while_a_sender_holds_a_claim(self, world: World, opened: Callable[[Somebody], None]) -> None:
        opened(WILMA)
        says(world, "page", WILMA, WILMA)
        closed(world)
        (held,) = waiting(world)
        assert held.outbox
        taken = claim(replace(held.outbox, stage=Stage.QUEUED), world.clock())
        world.store.commit(Change(messages=(evolve(held, outbox=taken),)))
        assert erase(world)["kept_in_all"] == 1
        world.clock.advance(seconds=LEASE.seconds)
        assert erase(world)["deleted"] == 1

    def test_a_late_stream_event_of_it_sends_no_mail(self, world: World, opened: Callable[[Somebody], None]) -> None:
        opened(WILMA)
        (ref,) = world.store.tickets
        agents.acts(world, "close", ref, outcome="settled", reason="Done.")
        stream(world)
        ticket = world.store.tickets[ref]
        queued = replace(ticket, outbox=queue([Delivery(Purpose.NOTIFICATION_NEW, ADA)], world.clock()))
        assert erase(world)["deleted"] == 1
        image = ticket_items.ticket_item(queued)
        events.each_outbox(
            {"Records": [{"dynamodb": {"NewImage": image}}]}, lambda due, item: post(world.deps, due, item)
        )
        assert later(world) == []


class TestAnothersTicket:
    def test_their_message_is_erased_and_the_notification_says_so(
        self, world: World, opened: Callable[[Somebody], None]
    ) -> None:
        opened(JON)
        says(world, "reply", JON, WILMA)
        closed(world)
        assert [WILMA.word in message.text for message in waiting(world)] == [True]
        answer = erase(world)
        assert (answer["anonymised"], answer["kept"]) == (1, [])
        (mail,) = later(world)
        assert "What stood here was erased" in " ".join(mail.split())
        assert not any(trace in mail for trace in WILMA.traces)
        assert found(world, *WILMA.traces) == []

    @pytest.mark.parametrize("who", [(WILMA, JON), (JON, WILMA), (JON, JON, WILMA), (WILMA, WILMA, JON)])
    def test_other_peoples_messages_are_notified_once(
        self, world: World, opened: Callable[[Somebody], None], who: tuple[Somebody, ...]
    ) -> None:
        opened(JON)
        says(world, "reply", JON, *who)
        closed(world)
        assert len(waiting(world)) == len(who)
        assert erase(world)["anonymised"] == 1
        mails = later(world)
        assert sum(mail.count(f"my {JON.word} number") for mail in mails) == who.count(JON)
        assert sum(" ".join(mail.split()).count("What stood here was erased") for mail in mails) == who.count(WILMA)
        assert not any(trace in mail for trace in WILMA.traces for mail in mails)
