"""An outgoing mail that kills its sender while it is composed is sent in a short form, and delays no other mail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import NotSent
from chalicelib.rules.tickets.outbox import LEASE, TRIES, DeliveryStatus, Stage
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.actions import due_work
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.actions.due_work_runs import LONGEST_RUN
from chalicelib.services.delivery import sending
from chalicelib.services.delivery.letters import letters
from chalicelib.services.delivery.sending import post
from chalicelib.services.operations import health_checks
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.ports.work import RunMark
from chalicelib.services.tickets.commits import commit
from chalicelib.services.tickets.filing import file_away
from tests.support import samples
from tests.support.store.fakes import START, World

DEADLY, INNOCENT, THIRD = samples.REF, "NL-00000-00002", "NL-00000-00003"
RUNS = timedelta(minutes=5)


class Killed(BaseException):
    """Raised where the function's time or memory ends; no `except` of ours runs."""


def kills(of: str, what: Callable[..., Any]) -> Callable[..., Any]:
    """A composer of mails that is killed by those of one ticket."""

    def write(deps: Any, ticket: Ticket, *more: Any) -> Any:
        if ticket.ref == of:
            raise Killed
        return what(deps, ticket, *more)

    return write


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "letter", kills(DEADLY, letters.letter))


def commits(world: World, *refs: str) -> None:
    for ref in refs:
        commit(world.deps, Change(samples.ticket(ref, world.clock())))


def sends(world: World, ref: str) -> bool:
    """Run a sender; return whether it reached its end."""
    try:
        return post(world.deps, ItemRef(ref, None))
    except Killed:
        return False
    finally:
        world.clock.advance(seconds=LEASE.total_seconds())


def runs(world: World) -> bool:
    """Run due work; return whether it reached its end. Five minutes pass."""
    try:
        look_after_due(world.deps)
    except Killed:
        return False
    finally:
        world.clock.advance(seconds=RUNS.total_seconds())
    return True


def stage(world: World, ref: str) -> Stage:
    box = world.store.tickets[ref].outbox
    assert box
    return box.stage


def told(world: World) -> list[str]:
    """The problems that health reports."""
    return [
        found["wrong"] for check in health_checks.health(world.deps, {})["checks"] for found in check.get("found", ())
    ]


@pytest.mark.usefixtures("deadly")
class TestTheSender:
    def test_after_three_killed_claims_a_short_form_is_sent(self, world: World) -> None:
        commits(world, DEADLY)
        assert [sends(world, DEADLY) for _ in range(TRIES)] == [False] * TRIES
        assert world.mailer.sent == []
        assert sends(world, DEADLY)
        customers, agents, _ = world.mailer.sent
        assert customers.recipient == "mira.holm@example.com"
        assert DEADLY in str(customers.mail["Subject"])
        assert "/t/" in customers.text
        assert f"/desk/t/{DEADLY}" in agents.text
        for mail in world.mailer.sent:
            assert "cracked" not in mail.text + str(mail.mail["Subject"])
        box = world.store.only_ticket().outbox
        assert box
        assert box.stage is Stage.DONE
        assert {mail.status for mail in box.deliveries} == {DeliveryStatus.SENT}

    def test_log_list_and_health_report_it(self, world: World) -> None:
        commits(world, DEADLY)
        for _ in range(TRIES + 1):
            sends(world, DEADLY)
        assert ("sent in short form", "purpose=acknowledgement") in [(e.action, e.detail) for _, e in world.store.log]
        assert {lost.status for lost in world.store.undelivered(world.shop.id, 9)} == {"shortened"}
        assert any(DEADLY in wrong for wrong in told(world))
        world.clock.advance(days=3)
        assert not any(DEADLY in wrong for wrong in told(world))

    def test_a_mail_that_kills_in_short_form_too_is_given_up(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "short_form", kills(DEADLY, letters.short_form))
        commits(world, DEADLY)
        assert [sends(world, DEADLY) for _ in range(2 * TRIES)] == [False] * 2 * TRIES
        for _ in range(4 * TRIES):  # the notice to the agents, in short form, kills its sender as well
            sends(world, DEADLY)
        box = world.store.only_ticket().outbox
        assert box
        assert box.stage is Stage.DONE
        assert {mail.status for mail in box.deliveries} == {DeliveryStatus.REFUSED}


class TestNoKill:
    @pytest.mark.parametrize("unanswered", [True, False])
    def test_a_failing_mail_service_causes_no_short_form(self, world: World, unanswered: bool) -> None:
        commits(world, INNOCENT)
        for _ in range(2 * TRIES):
            world.mailer.failing.append(NotSent("no answer", passing=True, unanswered=unanswered))
            with pytest.raises(NotSent):
                post(world.deps, ItemRef(INNOCENT, None))
            world.clock.advance(minutes=5)
        assert sends(world, INNOCENT)
        assert "cracked" in world.mailer.sent[0].text


class TestTheDueWork:
    @pytest.mark.usefixtures("deadly")
    def test_the_run_after_a_killed_one_sends_all_other_mails(self, world: World) -> None:
        commits(world, DEADLY, INNOCENT, THIRD)
        world.clock.advance(minutes=3)
        while not (world.store.mark and world.store.mark.deaths):
            runs(world)
            assert world.clock() < START + timedelta(minutes=20)
        assert [stage(world, ref) for ref in (INNOCENT, THIRD)] == [Stage.DONE, Stage.DONE]
        while stage(world, DEADLY) is not Stage.DONE:
            runs(world)
            assert world.clock() < START + timedelta(hours=3)

    def test_an_entry_that_kills_every_run_is_taken_last_reported_and_retried_less_often(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The run dies before it reaches the mail."""
        taken: list[str] = []
        default = due_work._step

        def step(deps: Any, ref: str, kept_back: Any) -> None:
            taken.append(ref)
            if ref == DEADLY:
                raise Killed
            default(deps, ref, kept_back)

        monkeypatch.setattr(due_work, "_step", step)
        commits(world, DEADLY, INNOCENT)
        world.clock.advance(minutes=3)
        assert [runs(world) for _ in range(3)] == [False, False, True], "of the third it is the last, and not yet again"
        assert stage(world, INNOCENT) is Stage.DONE
        assert any(DEADLY in wrong and "escalate_overdue" in wrong for wrong in told(world))
        taken.clear()
        lived = [runs(world) for _ in range(12 * 24)]
        assert 0 < lived.count(False) <= 8, "tried again at ever longer pauses, so that a mended program finds it"
        monkeypatch.setattr(due_work, "_step", default)
        for _ in range(12 * 24 + 1):
            assert runs(world)
        assert stage(world, DEADLY) is Stage.DONE
        assert not any("ended at" in wrong for wrong in told(world))

    def test_a_run_that_succeeds_costs_two_writes(self, world: World) -> None:
        commits(world, INNOCENT)
        world.store.requests.clear()
        look_after_due(world.deps)  # nothing is due yet
        assert world.store.requests.count("write") == 2

    def test_a_run_does_not_take_a_concurrent_run_for_killed(self, world: World) -> None:
        world.store.note_run(RunMark(world.clock(), at=INNOCENT))
        world.clock.advance(seconds=(LONGEST_RUN - timedelta(seconds=1)).total_seconds())
        look_after_due(world.deps)
        assert world.store.mark
        assert world.store.mark.deaths == ()
        assert world.store.mark.ended


def test_agents_get_the_beginning_of_a_very_long_text_and_a_link_to_the_rest(world: World) -> None:
    filed = file_away(world.deps, INNOCENT, samples.inbound(text="long words " * 30_000 + "the end"), [])
    commit(world.deps, Change(samples.ticket(INNOCENT, text=filed.text, text_key=filed.text_key)))
    post(world.deps, ItemRef(INNOCENT, None))
    told = next(mail for mail in world.mailer.sent if mail.recipient.startswith("ada"))
    assert "you find the rest at the desk" in told.text
    assert "the end" not in told.text
    assert len(told.raw) < 500_000
