"""What the functions publish about a shop's work: by shop and kind, and what alarms are about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.errors import NotSent
from chalicelib.rules.orders.steps import step
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.operations.health_checks import health
from chalicelib.services.operations.reconciling import PATIENCE, reconcile
from chalicelib.services.orders.commits import change
from tests.support import agents, samples
from tests.support.agents import acts
from tests.support.orders import made
from tests.support.store.fakes import START, World, written
from tests.support.watching import emf
from tests.support.watching.emf import of_kind, of_stack

COMPLAINT = ("northlight", "complaint")


def test_a_ticket_counts_once_and_so_does_each_of_its_mails(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> None:
        agents.opened(world)
        acts(world, "answer", text="A new one comes.")
        agents.stream(world)

    owed = samples.ticket().outbox
    assert owed
    found = emf.published(act, capsys)
    assert found == {
        of_kind("TicketsOpened", *COMPLAINT): 1,
        of_kind("MailsSent", *COMPLAINT): len(owed.deliveries) + 1,
    }


def test_a_part_of_a_ticket_that_becomes_a_ticket_counts(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    reply = samples.reply(agents.opened(world))
    world.store.commit(reply)

    def act() -> None:
        assert acts(world, "split", message=reply.messages[0].id, subject="The bulb", kind="question")["done"]

    assert of_kind("TicketsOpened", "northlight", "question") in emf.published(act, capsys)


def test_a_mail_that_is_refused_for_good_counts(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    agents.opened(world)
    acts(world, "answer", text="A new one comes.")

    def refuse(_: str) -> None:
        raise NotSent("MessageRejected: no", passing=False)

    world.mailer.on_send = refuse
    found = emf.published(lambda: agents.stream(world), capsys)
    assert found[of_kind("MailsRefused", *COMPLAINT)] >= 1
    assert of_kind("MailsSent", *COMPLAINT) not in found


def test_each_ticket_whose_steps_a_run_takes_counts_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    agents.opened(world)
    world.clock.advance(days=40)
    found = emf.published(lambda: look_after_due(world.deps), capsys)
    assert found[of_kind("StepsTaken", *COMPLAINT)] == 1
    assert of_kind("StepsTaken", *COMPLAINT) not in emf.published(lambda: look_after_due(world.deps), capsys)


class TestHealth:
    def test_all_well_is_published_too(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        """Otherwise an alarm could not tell that nobody looks."""
        found = emf.published(lambda: health(world.deps, {}), capsys)
        assert found == {of_stack("Unhealthy"): 0, of_stack("ComplaintsOverdue"): 0, of_stack("OrdersOverdue"): 0}

    def test_the_number_of_failed_checks_is_published(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        world.queue.dead = ["raw/1", "raw/2"]
        assert emf.published(lambda: health(world.deps, {}), capsys)[of_stack("Unhealthy")] == 1

    def test_overdue_tickets_are_counted_by_kind(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        for number in range(2):
            agents.opened(world, ref=f"NL-{number:05d}-00000")
        agents.opened(world, ref="NL-00009-00000", kind="question", topic=None)
        world.clock.advance(days=40)
        found = emf.published(lambda: health(world.deps, {}), capsys)
        assert found[of_kind("TicketsOverdue", *COMPLAINT)] == 2
        assert found[of_kind("TicketsOverdue", "northlight", "question")] == 1
        assert found[of_stack("ComplaintsOverdue")] == 2

    def test_orders_with_a_broken_promise_are_counted(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        for number in range(3):
            order = made.taken(made.placed(world.clock.at), at=world.clock.at)
            world.store.commit_order(replace(order, ref=f"O-{number:05}-00000", version=1))
        world.clock.advance(days=5)
        for ref in list(world.store.orders)[:2]:
            change(world.deps, world.store.orders[ref], step)
        assert emf.published(lambda: health(world.deps, {}), capsys)[of_stack("OrdersOverdue")] == 2


class TestReconcile:
    def unclosed(self, world: World, capsys: pytest.CaptureFixture[str]) -> float:
        return emf.published(lambda: reconcile(world.deps, {}), capsys)[of_stack("MailsWithoutOutcome")]

    def test_a_mail_of_yesterday_without_an_outcome_counts(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.unclosed(world, capsys) == 0
        key = world.arrives(written())
        world.files.came[key] = START - timedelta(days=1)
        assert self.unclosed(world, capsys) == 1
        world.store.note_outcome(key, "opened", None, START)
        assert self.unclosed(world, capsys) == 0

    def test_a_mail_of_just_before_midnight_has_the_same_time_as_others(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        midnight = datetime.combine(START.date() + timedelta(days=1), datetime.min.time(), UTC)
        world.files.came[world.arrives(written())] = midnight - timedelta(seconds=1)
        world.clock.at = midnight + timedelta(minutes=1)
        assert self.unclosed(world, capsys) == 0
        world.clock.at = midnight + PATIENCE
        assert self.unclosed(world, capsys) == 1
