"""Verifying a month's audit events: every manipulation is reported, and concurrent runs lose no event."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace
from chalicelib.rules.tickets.messages import Person
from chalicelib.services.actions import acting
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.exports import audit_exports
from chalicelib.services.operations import console
from chalicelib.services.ports.purges import UnreadableEvent
from chalicelib.services.privacy import auditing
from chalicelib.services.privacy.recording import recorded
from tests.support import agents, samples
from tests.support.store.fakes import AUDIT_SECRET, FakeRun, World
from tests.support.store.fakes import world as new_world
from tests.support.store.memory.whole import FakeStore

# Two in October, none in November, three in December, one in January.
DONE = [(10, 3), (10, 30), (12, 1), (12, 9), (12, 31), (13, 2)]


@pytest.fixture
def world() -> World:
    world = new_world(limits_on=False)
    for number, (month, day) in enumerate(DONE):
        world.clock.at = datetime(2026 + month // 13, (month - 1) % 12 + 1, day, 8, tzinfo=UTC)
        did(world, f"request-{number}")
    return world


def did(world: World, request: str) -> None:
    recorded(world.deps, "redrive", {"queue": "mail"}, request, lambda: {"redriven": 1})


def verify(world: World, month: str = "2026-12") -> dict[str, Any]:
    return auditing.verify_audit(world.deps, {"month": month}, FakeRun())


def wrong(world: World, month: str = "2026-12") -> list[str]:
    return [found["log"] for found in verify(world, month)["audit_events"]]


MONTHS = {"2026-09": 0, "2026-10": 2, "2026-11": 0, "2026-12": 3, "2027-01": 1, "2027-02": 0}


def test_each_untouched_month_verifies(world: World) -> None:
    for month, number in MONTHS.items():
        assert verify(world, month) == {"month": month, "whole": number, "wrong": 0, "audit_events": []}
    for month in MONTHS:
        assert verify(new_world(), month)["wrong"] == 0


def audit_event(world: World, number: int) -> tuple[datetime, str]:
    return next(key for key, audit_event in world.store.audited.items() if audit_event.number == number)


def gone(number: int) -> Callable[[FakeStore, Callable[[int], Any]], None]:
    def tamper(store: FakeStore, key: Callable[[int], Any]) -> None:
        del store.audited[key(number)]

    return tamper


def altered(nth: int, **changes: Any) -> Callable[[FakeStore, Callable[[int], Any]], None]:
    def tamper(store: FakeStore, key: Callable[[int], Any]) -> None:
        store.audited[key(nth)] = replace(store.audited[key(nth)], **changes)

    return tamper


def latest(place: ChainPlace | None) -> Callable[[FakeStore, Callable[[int], Any]], None]:
    def tamper(store: FakeStore, key: Callable[[int], Any]) -> None:
        store.latest = place

    return tamper


@pytest.mark.parametrize(
    ("tamper", "month", "verdict"),
    [
        (altered(4, actor="innocent"), "2026-12", "altered"),
        (altered(4, detail=""), "2026-12", "altered"),
        (altered(4, number=7), "2026-12", "altered"),
        (altered(1, action="health"), "2026-10", "altered"),
        (gone(3), "2026-12", "missing"),
        (gone(4), "2026-12", "missing"),
        (gone(5), "2026-12", "missing"),
        (gone(6), "2027-01", "missing"),
        (gone(1), "2026-10", "missing"),
        (gone(2), "2026-10", "missing"),
        (latest(None), "2027-01", "missing"),
        (latest(ChainPlace(9, datetime(2027, 1, 9, tzinfo=UTC), "x")), "2027-01", "missing"),
    ],
)
def test_each_manipulation_is_reported(world: World, tamper: Any, month: str, verdict: str) -> None:
    tamper(world.store, partial(audit_event, world))
    assert verdict in wrong(world, month)


def test_a_deleted_month_is_reported_for_itself_and_the_next(world: World) -> None:
    for number in (3, 4, 5):
        gone(number)(world.store, partial(audit_event, world))
    assert wrong(world, "2026-12") == ["missing"]
    assert wrong(world, "2027-01") == ["missing"]


def test_an_unreadable_event_is_reported_and_raises_nowhere(world: World) -> None:
    audit_events = world.store.audit_events
    extra = UnreadableEvent("2026-12-09T08#x")
    every = lambda since, until: iter([*audit_events(since, until), extra])  # noqa: E731
    world.store.audit_events = every  # type: ignore[method-assign]
    found = verify(world)
    assert {"audit_event": "2026-12-09T08#x", "log": "altered"} in found["audit_events"]
    event = {"shop": "northlight", "from": "2026-12-01", "to": "2026-12-31", "format": "jsonl"}
    key = audit_exports.export_audit(world.deps, event, FakeRun())["key"]
    assert '"detail": "2026-12-09T08#x", "where": "", "verdict": "altered"' in world.files.kept[key][0].decode()


def test_after_a_rotation_the_chain_continues_and_old_events_verify(world: World) -> None:
    turned = Secret({**AUDIT_SECRET.versions, "2": b"another " * 8}, "2")
    world.deps = replace(world.deps, audit=lambda: turned)
    world.clock.advance(days=1)
    did(world, "request-7")
    assert [audit_event.proof[0] for audit_event in world.store.audited.values()] == ["1"] * 6 + ["2"]
    assert all(verify(world, month)["wrong"] == 0 for month in MONTHS)


def test_concurrent_runs_append_their_events_one_after_the_other(world: World) -> None:
    """While one run writes, others write in between, again and again."""
    note, left = world.store.note_audit_event, [f"other-{number}" for number in range(20)]

    def meanwhile(audit_event: AuditEvent) -> bool:
        if left and not audit_event.id.startswith("other"):
            did(world, left.pop())
        return note(audit_event)

    world.store.note_audit_event = meanwhile  # type: ignore[method-assign]
    world.clock.advance(minutes=1)
    did(world, "request-8")
    assert left == []
    assert verify(world, "2027-01")["whole"] == 22
    assert [audit_event.id for audit_event in world.store.audited.values()][-1] == "request-8"


def test_events_written_during_the_reading_are_read_again(world: World) -> None:
    place, more = world.store.latest_audit_event, ["request-9"]

    def later() -> ChainPlace | None:
        if more:
            did(world, more.pop())
        return place()

    world.store.latest_audit_event = later  # type: ignore[method-assign]
    world.clock.advance(minutes=1)
    assert verify(world, "2027-01")["whole"] == 2


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-11-30", "November", 11, ["2026-11"]])
def test_a_wrong_event_is_answered_with_what_to_type(month: Any) -> None:
    with pytest.raises(InvalidEvent) as told:
        auditing.verify_audit(new_world().deps, {"month": month}, FakeRun())
    assert "2026-11" in f"{told.value.sentences}"
    with pytest.raises(InvalidEvent):
        auditing.verify_audit(new_world().deps, {"month": "2026-11", "shop": "northlight"}, FakeRun())


class TestOnBehalfOfAnAgent:
    def test_the_audit_event_names_the_agent_and_the_log_names_the_console(self) -> None:
        world = new_world(limits_on=False)
        agents.opened(world)
        event = {"shop": "northlight", "reference": samples.REF, "agent": agents.TOM, "action": "note", "text": "x"}
        act = partial(console.act_on_ticket, world.deps, event)
        recorded(world.deps, "act_on_ticket", event, "request-1", act)
        (audit_event,) = world.store.audited.values()
        assert f"agent={agents.TOM} " in audit_event.detail
        entry = world.store.log[-1][1]
        assert (entry.actor, entry.action, entry.at_console) == (agents.TOM, "noted", True)
        key = audit_exports.export_audit(world.deps, {"shop": "northlight"} | DAYS, FakeRun())["key"]
        rows = [row for row in world.files.kept[key][0].decode().splitlines() if "noted" in row and samples.REF in row]
        assert ['"console"' in row for row in rows] == [True]

    def test_an_audit_event_does_not_name_a_person_who_is_no_agent(self) -> None:
        world = new_world(limits_on=False)
        event = {"shop": "northlight", "agent": "mira@example.com", "action": "note"}
        recorded(world.deps, "act_on_ticket", event, "request-1", dict[str, Any])
        (audit_event,) = world.store.audited.values()
        assert "mira" not in audit_event.detail

    def test_an_action_at_the_desk_is_not_logged_as_done_at_the_console(self) -> None:
        world = new_world(limits_on=False)
        agents.opened(world)
        said = ActionInput({"text": "x"}, Person("Tom", agents.TOM))
        acting.act(world.deps, world.shop, samples.REF, "note", said, "idempotency_key")
        assert [(entry.actor, entry.at_console) for _, entry in world.store.log][-1] == (agents.TOM, False)


DAYS = {"from": date(2026, 11, 25).isoformat(), "to": (date(2026, 11, 25) + timedelta(days=1)).isoformat()}
