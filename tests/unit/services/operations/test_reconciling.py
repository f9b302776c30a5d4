"""No mail is lost: mails without an outcome go back on the queue once, and every day's reconciliation adds up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.services.intake.receiving import receive
from chalicelib.services.operations.reconciling import PATIENCE, reconcile
from chalicelib.services.ports.mails import MailReceived
from tests.support.store.fakes import START, World, written

CARE = "care@help.northlight.example"
TODAY = START.date()
YESTERDAY, DAY_BEFORE = TODAY - timedelta(days=1), TODAY - timedelta(days=2)


def raw(world: World, came: datetime, outcome: str | None = None) -> str:
    """A raw mail that came at this time, with its outcome if there is one."""
    key = world.arrives(written())
    world.files.came[key] = came
    if outcome:
        world.store.note_outcome(key, outcome, None, came)
    return key


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


class TestRequeueing:
    def test_only_mails_without_an_outcome_after_the_patience_are_requeued(self, world: World) -> None:
        forgotten = raw(world, START - PATIENCE)
        raw(world, START - PATIENCE + timedelta(seconds=1))
        raw(world, START - PATIENCE, "opened")
        raw(world, START - timedelta(days=1), "misdirected")
        assert reconcile(world.deps, {})["put_back"] == 1
        assert world.queue.waiting == [forgotten]

    def test_a_requeued_mail_is_received_and_not_requeued_again(self, world: World) -> None:
        raw(world, START - PATIENCE)
        reconcile(world.deps, {})
        # Without the envelope, the mail's own headers name its recipients.
        assert [receive(world.deps, MailReceived(key, ())) for key in world.queue.waiting] == ["opened"]
        world.queue.waiting.clear()
        assert reconcile(world.deps, {})["put_back"] == 0
        assert world.queue.waiting == []

    def test_the_patience_can_be_set(self, world: World) -> None:
        key = raw(world, START - timedelta(seconds=2))
        assert reconcile(world.deps, {}, patience=timedelta(seconds=1))["put_back"] == 1
        assert world.queue.waiting == [key]

    def test_dead_letters_are_requeued_in_any_case(self, world: World) -> None:
        world.queue.dead = ["raw/of-last-week", "raw/of-yesterday"]
        assert reconcile(world.deps, {}) | {"reconciliations": []} == {
            "put_back": 0,
            "redriven": 2,
            "reconciliations": [],
        }
        assert world.queue.waiting == ["raw/of-last-week", "raw/of-yesterday"]
        assert world.queue.dead == []

    def test_without_mails_nothing_is_requeued(self, world: World) -> None:
        answer = reconcile(world.deps, {})
        assert (answer["put_back"], answer["redriven"]) == (0, 0)
        assert [reconciliation["received"] for reconciliation in answer["reconciliations"]] == [0, 0, 0]


class TestReconciliation:
    def test_each_of_three_days_has_its_mails_and_outcomes(self, world: World) -> None:
        for came, outcome in [
            (midnight(DAY_BEFORE), "opened"),
            (midnight(DAY_BEFORE), "duplicate"),
            (midnight(YESTERDAY), "bounce"),
            (START, "opened"),
            (START, "opened"),
            (START, "quarantined"),
            (START, None),
        ]:
            raw(world, came, outcome)
        assert reconcile(world.deps, {})["reconciliations"] == [
            {"day": DAY_BEFORE.isoformat(), "received": 2, "opened": 1, "duplicate": 1},
            {"day": YESTERDAY.isoformat(), "received": 1, "bounce": 1},
            {"day": TODAY.isoformat(), "received": 4, "opened": 2, "quarantined": 1, "pending": 1},
        ]
        assert set(world.store.reconciled) == {DAY_BEFORE, YESTERDAY, TODAY}
        assert world.store.reconciled[TODAY] == (4, {"opened": 2, "quarantined": 1, "pending": 1})
        for received, outcomes in world.store.reconciled.values():
            assert received == sum(outcomes.values())

    def test_a_later_run_replaces_the_count(self, world: World) -> None:
        key = raw(world, START)
        reconcile(world.deps, {})
        assert world.store.reconciled[TODAY] == (1, {"pending": 1})
        receive(world.deps, MailReceived(key, (CARE,)))
        raw(world, START, "automatic")
        reconcile(world.deps, {})
        assert world.store.reconciled[TODAY] == (2, {"opened": 1, "automatic": 1})

    @pytest.mark.parametrize(
        ("came", "day"),
        [
            (midnight(TODAY), TODAY),
            (midnight(TODAY) - timedelta(microseconds=1), YESTERDAY),
            (midnight(YESTERDAY), YESTERDAY),
            (midnight(YESTERDAY) - timedelta(microseconds=1), DAY_BEFORE),
            (midnight(DAY_BEFORE), DAY_BEFORE),
            # 00:30 in Berlin is still the day before in UTC.
            (datetime.fromisoformat(f"{TODAY}T00:30:00+01:00"), YESTERDAY),
        ],
    )
    def test_a_day_is_a_day_in_utc(self, world: World, came: datetime, day: date) -> None:
        raw(world, came, "opened")
        reconcile(world.deps, {})
        assert {day for day, (received, _) in world.store.reconciled.items() if received} == {day}

    def test_days_older_than_three_days_are_not_counted_again(self, world: World) -> None:
        older = DAY_BEFORE - timedelta(days=1)
        world.store.note_reconciliation(older, 5, {"opened": 5})
        raw(world, midnight(DAY_BEFORE) - timedelta(microseconds=1))
        answer = reconcile(world.deps, {})
        assert answer["put_back"] == 0
        assert world.store.reconciled[older] == (5, {"opened": 5})

    def test_a_past_day_that_does_not_add_up_is_reported(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[object] = []
        monkeypatch.setattr(
            "chalicelib.services.operations.reconciling.logger.error",
            lambda text, extra: told.append((text, extra["day"])),
        )
        raw(world, START)
        reconcile(world.deps, {})
        assert told == []
        raw(world, midnight(YESTERDAY))
        reconcile(world.deps, {})
        assert told == [("the day's reconciliation does not close", YESTERDAY.isoformat())]
