"""Promises as clocks: set by the policy in force, met once, late or not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.rules.clocks import ACKNOWLEDGE, Clock, earliest_due, opening_clocks
from chalicelib.rules.tickets import met
from tests import samples
from tests.fakes import START

SHOP = samples.northlight()
CLOCK = Clock("resolve", "30 days", START, START + timedelta(days=30))


def test_a_ticket_starts_with_a_clock_for_each_promise() -> None:
    started = {clock.name: clock for clock in opening_clocks(SHOP, SHOP.kinds["complaint"], START, lambda day: None)}
    assert {name: clock.period for name, clock in started.items()} == {
        "acknowledge": "5 minutes",
        "first_answer": "2 working days",
        "resolve": "30 days",
    }
    assert started["acknowledge"].due == START + timedelta(minutes=5)
    assert started["first_answer"].due == datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
    assert started["resolve"].due == START + timedelta(days=30)


def test_what_is_not_promised_has_no_clock() -> None:
    silent = replace(SHOP.kinds["feedback"], first_answer=None, resolve=None)
    assert [clock.name for clock in opening_clocks(SHOP, silent, START, lambda day: None)] == [ACKNOWLEDGE]


def test_a_holiday_moves_a_working_promise() -> None:
    def holiday(day: object) -> str | None:
        return "Feast" if str(day) == "2026-11-26" else None

    first_answer = opening_clocks(SHOP, SHOP.kinds["complaint"], START, holiday)[1]
    assert first_answer.due == datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def test_a_clock_is_late_after_its_due_moment_and_stays_so() -> None:
    assert not CLOCK.late(CLOCK.due)
    assert CLOCK.late(CLOCK.due + timedelta(seconds=1))
    in_time = replace(CLOCK, met_at=CLOCK.due)
    assert not in_time.late(CLOCK.due + timedelta(days=9))
    too_late = replace(CLOCK, met_at=CLOCK.due + timedelta(days=1))
    assert too_late.late(START)


def test_a_promise_is_met_once_and_alone() -> None:
    other = replace(CLOCK, name="first_answer")
    once = met((CLOCK, other), "resolve", START)
    assert once == (replace(CLOCK, met_at=START), other)
    assert met(once, "resolve", START + timedelta(days=1)) == once


def test_the_earliest_open_promise_counts() -> None:
    sooner = replace(CLOCK, name="first_answer", due=START + timedelta(days=1))
    assert earliest_due((CLOCK, sooner)) == sooner.due
    assert earliest_due((CLOCK, replace(sooner, met_at=START))) == CLOCK.due
    assert earliest_due((replace(CLOCK, met_at=START),)) is None
    assert earliest_due(()) is None
