"""What falls due while agents are away: which promises, in which order, and whom they are named to."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.rules.access.absences import Absence, Absences
from chalicelib.rules.tickets.clocks import CLOSE, FIRST_ANSWER, PROGRESS, REMEDY, RESOLVE, Clock, Clocks
from chalicelib.rules.tickets.ticket import Change, State
from chalicelib.services.desk.inbox_merging import ENTRIES, PAGES
from chalicelib.services.desk.inbox_view import ACTIVE
from chalicelib.services.desk.team import falling_due
from chalicelib.services.desk.team.falling_due import SHOWN, FallingDue
from tests.support import samples
from tests.support.agents import ADA, TOM
from tests.support.store.fakes import START, World
from tests.support.store.fakes import world as new_world

DAY = timedelta(days=1)
AWAY = Absence(ADA, START + 10 * DAY, START + 20 * DAY, TOM)


@pytest.fixture
def world() -> World:
    return new_world()


def put(world: World, number: int, *due: tuple[str, timedelta], assignee: str | None = ADA, **changes: Any) -> str:
    clocks = Clocks(Clock(name, "2 working days", START, START + after) for name, after in due)
    made = replace(samples.ticket(f"NL-{number:05}-00000"), clocks=clocks, assignee=assignee, **changes)
    world.store.commit(Change(made))
    return made.ref


def found(world: World, absence: Absence = AWAY, known: Absences | None = None) -> FallingDue:
    their = falling_due.assigned(world.deps, world.shop, [absence])
    return falling_due.of(world.shop, known or Absences((absence,)), absence, their, "en")


def refs(world: World, absence: Absence = AWAY) -> list[str]:
    return [each.ref for each in found(world, absence).listed]


def test_a_promise_is_named_with_its_ticket_its_day_and_who_gets_it(world: World) -> None:
    ref = put(world, 1, (FIRST_ANSWER, 12 * DAY))
    (due,) = found(world).listed
    assert (due.ref, due.what, due.whom) == (ref, "Answer", ("Tom Berger",))
    assert due.when == "Monday, 7 December 2026, 10:30"


def test_the_earliest_comes_first_and_the_first_moment_counts_but_not_the_last(world: World) -> None:
    last = put(world, 1, (FIRST_ANSWER, 20 * DAY - timedelta(microseconds=1)))
    first = put(world, 2, (FIRST_ANSWER, 10 * DAY))
    put(world, 3, (FIRST_ANSWER, 20 * DAY))
    put(world, 4, (FIRST_ANSWER, 10 * DAY - timedelta(microseconds=1)))
    assert refs(world) == [first, last]


def test_a_later_promise_is_found_behind_one_that_is_due_before(world: World) -> None:
    ref = put(world, 1, (FIRST_ANSWER, DAY), (RESOLVE, 14 * DAY), (PROGRESS, 15 * DAY), (CLOSE, 16 * DAY))
    assert [(each.ref, each.what) for each in found(world).listed] == [(ref, "Solution"), (ref, "Word of the progress")]


def test_what_is_met_paused_or_somebody_elses_is_not_listed(world: World) -> None:
    put(world, 1, (FIRST_ANSWER, 12 * DAY), assignee=TOM)
    put(world, 2, (FIRST_ANSWER, 12 * DAY), assignee=None)
    running = Clock(FIRST_ANSWER, "2 working days", START, START + 12 * DAY)
    for number, clock in ((3, replace(running, met_at=START)), (4, replace(running, paused_at=START))):
        ticket = replace(samples.ticket(f"NL-{number:05}-00000"), clocks=Clocks((clock,)), assignee=ADA)
        world.store.commit(Change(ticket))
    assert found(world) == FallingDue()


def test_all_lists_in_which_somebody_waits_are_looked_at(world: World) -> None:
    made = [
        put(world, number, (FIRST_ANSWER, (11 + number) * DAY), state=state)
        for number, state in enumerate((State.OPEN, State.WAITING, State.REFERRED))
    ]
    owed = put(world, 9, (REMEDY, 19 * DAY), state=State.CLOSED, closed_at=START)
    put(world, 8, (FIRST_ANSWER, 12 * DAY), state=State.CLOSED, closed_at=START)
    put(world, 7, (FIRST_ANSWER, 12 * DAY), state=State.QUARANTINED)
    assert refs(world) == [*made, owed]


def test_a_substitute_who_is_away_on_that_day_passes_it_on(world: World) -> None:
    put(world, 1, (FIRST_ANSWER, 12 * DAY))
    put(world, 2, (FIRST_ANSWER, 15 * DAY))
    known = Absences((AWAY, Absence(TOM, START + 14 * DAY, START + 16 * DAY, ADA)))
    assert [each.whom for each in found(world, known=known).listed] == [("Tom Berger",), ("Ada Lindqvist",)]


def test_a_bounded_number_is_listed_and_the_rest_counted(world: World) -> None:
    for number in range(SHOWN + 3):
        put(world, number, (FIRST_ANSWER, 12 * DAY))
    seen = found(world)
    assert (len(seen.listed), seen.more, seen.cut) == (SHOWN, 3, False)


def test_requests_are_bounded_and_what_was_not_looked_at_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The days of the absence are read first: they are at the end of what is due before it ends."""
    asked, page = list[int](), world.store.inbox_page

    def counted(*given: Any, **named: Any) -> Any:
        asked.append(1)
        return page(*given, **named)

    monkeypatch.setattr(world.store, "inbox_page", counted)
    for number in range(PAGES * ENTRIES + 1):
        put(world, number, (FIRST_ANSWER, timedelta(hours=number)), assignee=TOM)
    own = put(world, 90_000, (FIRST_ANSWER, 19 * DAY))
    seen = found(world)
    assert ([each.ref for each in seen.listed], seen.cut) == ([own], True)
    assert len(asked) == PAGES + len(ACTIVE) - 1


def test_with_nobody_away_nothing_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.store, "inbox_page", lambda *_, **__: pytest.fail("asked"))
    put(world, 1, (FIRST_ANSWER, 12 * DAY))
    assert falling_due.assigned(world.deps, world.shop, []) == falling_due.Assigned()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 30), max_size=SHOWN), st.integers(0, 30), st.integers(1, 30))
def test_listed_is_what_is_due_from_the_first_day_to_the_last(days: list[int], first: int, length: int) -> None:
    world = new_world()
    made = {put(world, number, (FIRST_ANSWER, day * DAY)): START + day * DAY for number, day in enumerate(days)}
    absence = Absence(ADA, START + first * DAY, START + (first + length) * DAY)

    def within(at: datetime) -> bool:
        return absence.since <= at < absence.until

    assert sorted(refs(world, absence)) == sorted(ref for ref, at in made.items() if within(at))
