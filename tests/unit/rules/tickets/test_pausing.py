"""A clock that was paused for the customer continues with exactly the time it had left, across nights, holidays and
changed hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.rules.tickets.clock_steps import paused, resumed, stepped
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, Clock, RuleContext, set_clock
from chalicelib.rules.timing.periods import Period, Unit
from chalicelib.rules.timing.worktime import WorkingHours, add, between, local_date, working_days
from tests.support import samples
from tests.unit.rules.timing.test_worktime import OFFICE, berlin, cases, minutes, named, never

SHOP = samples.northlight()
KIND = SHOP.kinds["question"]
Case = tuple[datetime, WorkingHours, set[date]]
TWO_DAYS = Period(2, Unit.WORKING_DAYS)
working = st.one_of(
    st.builds(Period, st.integers(1, 30), st.just(Unit.WORKING_HOURS)),
    st.builds(Period, st.integers(1, 9), st.just(Unit.WORKING_DAYS)),
)
lapses = st.timedeltas(timedelta(0), timedelta(days=9)).map(lambda lapse: lapse - lapse % timedelta(minutes=1))
ever = settings(max_examples=60, deadline=None)


def context(at: datetime, hours: WorkingHours, closed: set[date]) -> RuleContext:
    return RuleContext(at, replace(SHOP, hours=hours, timezone=hours.timezone), named(closed).get)


def next_opening(at: datetime, hours: WorkingHours, holidays: Any) -> datetime:
    """The moment itself while the shop is open, otherwise the next opening. Equal results mean the same working
    moment."""
    days = working_days(local_date(at, hours) - timedelta(days=1), hours, holidays)
    return next(max(at, opens) for _, shifts in days for opens, closes in shifts if at < closes)


# --- working time between two moments ---


@given(cases(), st.timedeltas(timedelta(0), timedelta(days=6)))
@settings(max_examples=25, deadline=None)
def test_the_time_between_agrees_with_the_minute_by_minute_reference(case: Case, lapse: timedelta) -> None:
    start, hours, closed = case
    end = start + lapse - lapse % timedelta(minutes=1)
    worked = sum(works and start <= at < end for at, _, works in minutes(start, hours, closed))
    assert between(start, end, hours, named(closed).get) == timedelta(minutes=worked)


@given(cases(), lapses)
@ever
def test_start_plus_the_time_between_is_the_same_working_moment(case: Case, lapse: timedelta) -> None:
    start, hours, closed = case
    holidays = named(closed).get
    found = add(start, between(start, start + lapse, hours, holidays), hours, holidays)
    assert next_opening(found, hours, holidays) == next_opening(start + lapse, hours, holidays)


def test_no_time_lies_between_a_moment_and_an_earlier_one() -> None:
    assert between(berlin("2026-10-16", "16:30"), berlin("2026-10-15", "16:30"), OFFICE, never) == timedelta(0)


# --- the clock ---


def going(
    case: Case, period: Period, run: timedelta, pause: timedelta
) -> tuple[Clock, Clock, RuleContext, RuleContext]:
    """A clock that ran, was paused, and ran on: the paused one, the resumed one, and both moments."""
    start, hours, closed = case
    clock = set_clock(FIRST_ANSWER, period, KIND, context(start, hours, closed))
    stopped, again = context(start + run, hours, closed), context(start + run + pause, hours, closed)
    waiting = paused(clock, stopped.at)
    assume(waiting.paused_at)
    return waiting, resumed(waiting, KIND, again), stopped, again


@given(cases(), working, lapses, lapses)
@ever
def test_a_resumed_clock_has_the_working_time_it_had_left(
    case: Case, period: Period, run: timedelta, pause: timedelta
) -> None:
    waiting, runs, stopped, again = going(case, period, run, pause)
    left = between(stopped.at, waiting.due, again.shop.hours, again.holidays)
    assert between(again.at, runs.due, again.shop.hours, again.holidays) == left
    assert runs.due >= max(waiting.due, again.at)
    assert runs.due.tzinfo is UTC


@given(cases(), working, lapses, lapses)
@ever
def test_a_resumed_clock_is_due_while_the_shop_is_open(
    case: Case, period: Period, run: timedelta, pause: timedelta
) -> None:
    _, runs, _, again = going(case, period, run, pause)
    hours = again.shop.hours
    days = working_days(local_date(runs.due, hours) - timedelta(days=1), hours, again.holidays)
    shifts = [shift for _, found in (next(days), next(days)) for shift in found]
    assert any(opens <= runs.due <= closes for opens, closes in shifts)


@given(cases(), working, lapses, lapses)
@ever
def test_a_resumed_clock_warns_before_it_is_due_and_never_in_the_past(
    case: Case, period: Period, run: timedelta, pause: timedelta
) -> None:
    _, runs, _, again = going(case, period, run, pause)
    assert runs.running
    assert runs.warn_at is None or again.at < runs.warn_at <= runs.due
    assert runs.next_step == (runs.warn_at or runs.due)


@given(cases(), st.integers(1, 400), lapses, lapses)
@ever
def test_a_calendar_promise_moves_by_the_length_of_the_pause(
    case: Case, hours: int, run: timedelta, pause: timedelta
) -> None:
    waiting, runs, _, _ = going(case, Period(hours, Unit.HOURS), run, pause)
    assert runs.due == waiting.due + pause


def test_a_clock_that_warned_does_not_warn_again() -> None:
    warned = stepped(standing_since("2026-10-20", "15:00", paused_too=False), berlin("2026-10-20", "15:00"))
    waiting = paused(warned, berlin("2026-10-20", "15:30"))
    runs = resumed(waiting, KIND, context(berlin("2026-10-22", "09:00"), OFFICE, set()))
    assert (runs.due, runs.next_step) == (berlin("2026-10-22", "10:00"), berlin("2026-10-22", "10:00"))
    assert runs.stage(runs.due) == "due"


def test_a_clock_due_at_an_opening_is_not_moved_to_the_evening_before() -> None:
    """It came at nine and was paused over noon; no working time passed."""
    clock = set_clock(
        FIRST_ANSWER, Period(1, Unit.WORKING_DAYS), KIND, context(berlin("2026-10-16", "09:00"), OFFICE, set())
    )
    assert clock.due == berlin("2026-10-19", "09:00")
    waiting = paused(clock, berlin("2026-10-16", "12:35"))
    assert resumed(waiting, KIND, context(berlin("2026-10-16", "12:50"), OFFICE, set())).due == clock.due


def standing_since(day: str, clock: str, *, paused_too: bool = True) -> Clock:
    """A promise due on Tuesday, 20 October, 16:30."""
    promise = set_clock(FIRST_ANSWER, TWO_DAYS, KIND, context(berlin("2026-10-16", "16:30"), OFFICE, set()))
    return paused(promise, berlin(day, clock)) if paused_too else promise


@pytest.mark.parametrize(
    ("day", "clock", "due_day", "due_clock"),
    [
        ("2026-10-16", "16:30", "2026-10-20", "16:30"),  # no pause
        ("2026-10-19", "09:00", "2026-10-20", "17:30"),  # an hour of Friday was not used
        ("2026-10-23", "16:30", "2026-10-27", "16:30"),  # the clocks go back in between
    ],
)
def test_pauses_as_people_count_them(day: str, clock: str, due_day: str, due_clock: str) -> None:
    waiting = standing_since("2026-10-16", "16:30")
    assert resumed(waiting, KIND, context(berlin(day, clock), OFFICE, set())).due == berlin(due_day, due_clock)


def test_an_overdue_met_or_paused_clock_is_not_paused() -> None:
    promise = standing_since("", "", paused_too=False)
    assert paused(promise, promise.due) == promise
    assert paused(replace(promise, met_at=promise.set_at), promise.set_at).paused_at is None
    waiting = paused(promise, promise.set_at)
    assert paused(waiting, promise.set_at + timedelta(hours=1)) == waiting


def test_a_running_or_met_clock_is_not_resumed() -> None:
    promise, later = standing_since("", "", paused_too=False), berlin("2026-10-30", "12:00")
    assert resumed(promise, KIND, context(later, OFFICE, set())) == promise
    met_meanwhile = replace(standing_since("2026-10-19", "09:00"), met_at=later)
    assert resumed(met_meanwhile, KIND, context(later, OFFICE, set())) == met_meanwhile


def test_a_paused_clock_has_no_step_and_is_never_late() -> None:
    waiting = standing_since("2026-10-19", "09:00")
    assert waiting.next_step is None
    assert not waiting.late(datetime.combine(date(2027, 1, 1), time(), UTC))
    assert not replace(waiting, met_at=berlin("2026-11-05", "12:00")).late(berlin("2026-11-06", "12:00"))
