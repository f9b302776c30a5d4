"""No mail is lost: mails without an outcome go back on the queue once, and every day's reconciliation adds up."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.services.intake.receiving import receive
from chalicelib.services.operations import reconciling
from chalicelib.services.operations.reconciling import PATIENCE, reconcile
from chalicelib.services.ports.mails import MailReceived, Reconciliation
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


def counts(world: World, day: date) -> tuple[int, Mapping[str, int]]:
    found = world.store.reconciled[day]
    return found.received, found.outcomes


def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The mails for whose outcomes the store is asked from now on."""
    keys, outcomes_of = list[str](), world.deps.mail_log.outcomes_of

    def noting(raw_keys: Iterable[str]) -> dict[str, str]:
        wanted = list(raw_keys)
        keys.extend(wanted)
        return outcomes_of(wanted)

    monkeypatch.setattr(world.deps.mail_log, "outcomes_of", noting)
    return keys


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
        assert counts(world, TODAY) == (4, {"opened": 2, "quarantined": 1, "pending": 1})
        for reconciliation in world.store.reconciled.values():
            assert reconciliation.received == sum(reconciliation.outcomes.values())

    def test_a_later_run_replaces_the_count(self, world: World) -> None:
        key = raw(world, START)
        reconcile(world.deps, {})
        assert counts(world, TODAY) == (1, {"pending": 1})
        receive(world.deps, MailReceived(key, (CARE,)))
        raw(world, START, "automatic")
        reconcile(world.deps, {})
        assert counts(world, TODAY) == (2, {"opened": 1, "automatic": 1})

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
        assert {day for day, found in world.store.reconciled.items() if found.received} == {day}

    def test_days_older_than_three_days_are_counted_once_more_if_they_were_not(self, world: World) -> None:
        older = DAY_BEFORE - timedelta(days=1)
        raw(world, midnight(older), "opened")
        assert older.isoformat() not in str(reconcile(world.deps, {})["reconciliations"])
        assert counts(world, older) == (1, {"opened": 1})

    def test_a_day_of_which_nothing_is_listed_stays_as_it_was_counted(self, world: World) -> None:
        older = DAY_BEFORE - timedelta(days=1)
        world.store.note_reconciliation(Reconciliation(older, 5, {"opened": 5}))
        reconcile(world.deps, {})
        assert counts(world, older) == (5, {"opened": 5})

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


class TestCountedHours:
    """At any number of mails, a run asks for the outcomes of few."""

    def test_outcomes_are_asked_for_until_an_hour_is_over_and_was_counted(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hour = midnight(TODAY) + timedelta(hours=START.hour)
        old, new = raw(world, midnight(DAY_BEFORE), "opened"), raw(world, hour, "opened")
        keys = asked(world, monkeypatch)
        for at, expected in (
            (hour + timedelta(minutes=20), {old, new}),
            (hour + timedelta(minutes=119), {new}),
            (hour + timedelta(minutes=120), {new}),
            (hour + timedelta(minutes=180), set()),
        ):
            world.clock.at = at
            keys.clear()
            reconcile(world.deps, {})
            assert set(keys) == expected
            assert counts(world, TODAY) == counts(world, DAY_BEFORE) == (1, {"opened": 1})

    def test_what_had_no_outcome_then_is_put_back_until_it_has_one(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        forgotten = raw(world, midnight(YESTERDAY))
        for _ in range(5):
            raw(world, midnight(YESTERDAY), "opened")
        assert reconcile(world.deps, {})["put_back"] == 1
        keys = asked(world, monkeypatch)
        for days in (0, 1, 10, 35):
            world.clock.at = START + timedelta(days=days)
            keys.clear()
            assert reconcile(world.deps, {})["put_back"] == 1
            assert keys == [forgotten]
            assert counts(world, YESTERDAY) == (6, {"opened": 5, "pending": 1})
        world.store.note_outcome(forgotten, "opened", None, START)
        assert reconcile(world.deps, {})["put_back"] == 0
        assert counts(world, YESTERDAY) == (6, {"opened": 6})
        keys.clear()
        reconcile(world.deps, {})
        assert keys == []

    def test_what_the_lifecycle_deletes_does_not_change_a_counted_hour(self, world: World) -> None:
        gone = [raw(world, midnight(YESTERDAY), "opened") for _ in range(3)]
        raw(world, midnight(YESTERDAY))
        reconcile(world.deps, {})
        for key in gone:
            del world.files.came[key]
        reconcile(world.deps, {})
        assert counts(world, YESTERDAY) == (4, {"opened": 3, "pending": 1})

    def test_a_pending_mail_that_was_deleted_is_forgotten(self, world: World) -> None:
        erased = raw(world, midnight(YESTERDAY))
        raw(world, midnight(YESTERDAY), "opened")
        reconcile(world.deps, {})
        del world.files.came[erased]
        assert reconcile(world.deps, {})["put_back"] == 0
        assert counts(world, YESTERDAY) == (1, {"opened": 1})

    def test_an_hour_with_many_pending_mails_is_counted_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reconciling, "_MAX_PENDING", 2)
        came = {raw(world, midnight(YESTERDAY)) for _ in range(3)} | {raw(world, midnight(YESTERDAY), "opened")}
        reconcile(world.deps, {})
        keys = asked(world, monkeypatch)
        assert reconcile(world.deps, {})["put_back"] == 3
        assert set(keys) == came
        assert counts(world, YESTERDAY) == (4, {"opened": 1, "pending": 3})

    def test_of_very_many_forgotten_mails_the_newest_are_put_back_first(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reconciling, "_MAX_PUT_BACK", 2)
        oldest, *newer = (raw(world, midnight(day)) for day in (DAY_BEFORE, YESTERDAY, TODAY))
        assert reconcile(world.deps, {})["put_back"] == 2
        assert set(world.queue.waiting) == set(newer)
        for key in newer:
            world.store.note_outcome(key, "opened", None, START)
        reconcile(world.deps, {})
        assert world.queue.waiting[2:] == [oldest]

    @pytest.mark.parametrize("days", [3, 39, 41, 200])
    def test_a_mail_without_an_outcome_is_found_however_old_it_is(self, world: World, days: int) -> None:
        key = raw(world, START - timedelta(days=days))
        for _ in range(2):
            world.queue.waiting.clear()
            assert reconcile(world.deps, {})["put_back"] == 1
            assert world.queue.waiting == [key]

    def test_a_day_that_an_earlier_version_counted_is_counted_by_hours(self, world: World) -> None:
        world.store.note_reconciliation(Reconciliation(YESTERDAY, 2, {"opened": 2}))
        for _ in range(2):
            raw(world, midnight(YESTERDAY), "opened")
        reconcile(world.deps, {})
        assert counts(world, YESTERDAY) == (2, {"opened": 2})
        assert world.store.reconciled[YESTERDAY].hours.keys() == {0}
