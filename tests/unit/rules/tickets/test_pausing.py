"""A clock that waited for the customer goes on with just the time it had left, over nights, holidays and new times."""

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
    """The moment itself while the shop works, else the next in which it does: equal for the same working moment."""
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
def test_the_time_between_added_to_the_start_leads_to_the_same_working_moment(case: Case, lapse: timedelta) -> None:
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
    """A clock that ran, stood still and ran on: as it stood and as it runs on, with both moments."""
    start, hours, closed = case
    clock = set_clock(FIRST_ANSWER, period, KIND, context(start, hours, closed))
    stopped, again = context(start + run, hours, closed), context(start + run + pause, hours, closed)
    standing = paused(clock, stopped.at)
    assume(standing.paused_at)
    return standing, resumed(standing, KIND, again), stopped, again


@given(cases(), working, lapses, lapses)
@ever
def test_whatever_the_pause_just_the_working_time_that_was_left_is_left(
    case: Case, period: Period, run: timedelta, pause: timedelta
) -> None:
    standing, runs, stopped, again = going(case, period, run, pause)
    left = between(stopped.at, standing.due, again.shop.hours, again.holidays)
    assert between(again.at, runs.due, again.shop.hours, again.holidays) == left
    assert runs.due >= max(standing.due, again.at)
    assert runs.due.tzinfo is UTC


@given(cases(), working, lapses, lapses)
@ever
def test_it_is_due_while_the_shop_works(case: Case, period: Period, run: timedelta, pause: timedelta) -> None:
    _, runs, _, again = going(case, period, run, pause)
    hours = again.shop.hours
    days = working_days(local_date(runs.due, hours) - timedelta(days=1), hours, again.holidays)
    shifts = [shift for _, found in (next(days), next(days)) for shift in found]
    assert any(opens <= runs.due <= closes for opens, closes in shifts)


@given(cases(), working, lapses, lapses)
@ever
def test_it_warns_before_it_is_due_and_never_in_the_past(
    case: Case, period: Period, run: timedelta, pause: timedelta
) -> None:
    _, runs, _, again = going(case, period, run, pause)
    assert runs.running
    assert runs.warn_at is None or again.at < runs.warn_at <= runs.due
    assert runs.next_step == (runs.warn_at or runs.due)


@given(cases(), st.integers(1, 400), lapses, lapses)
@ever
def test_what_counts_by_the_calendar_is_put_off_by_the_pause(
    case: Case, hours: int, run: timedelta, pause: timedelta
) -> None:
    standing, runs, _, _ = going(case, Period(hours, Unit.HOURS), run, pause)
    assert runs.due == standing.due + pause


def test_one_that_was_warned_of_is_not_warned_of_again() -> None:
    warned = stepped(standing_since("2026-10-20", "15:00", paused_too=False), berlin("2026-10-20", "15:00"))
    standing = paused(warned, berlin("2026-10-20", "15:30"))
    runs = resumed(standing, KIND, context(berlin("2026-10-22", "09:00"), OFFICE, set()))
    assert (runs.due, runs.next_step) == (berlin("2026-10-22", "10:00"), berlin("2026-10-22", "10:00"))
    assert runs.stage(runs.due) == "due"


def test_one_due_at_an_opening_is_not_due_the_evening_before() -> None:
    """It arrived at nine, was set apart over noon, and no working time passed."""
    clock = set_clock(
        FIRST_ANSWER, Period(1, Unit.WORKING_DAYS), KIND, context(berlin("2026-10-16", "09:00"), OFFICE, set())
    )
    assert clock.due == berlin("2026-10-19", "09:00")
    standing = paused(clock, berlin("2026-10-16", "12:35"))
    assert resumed(standing, KIND, context(berlin("2026-10-16", "12:50"), OFFICE, set())).due == clock.due


def standing_since(day: str, clock: str, *, paused_too: bool = True) -> Clock:
    """Due on Tuesday, 20 October, 16:30."""
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
    standing = standing_since("2026-10-16", "16:30")
    assert resumed(standing, KIND, context(berlin(day, clock), OFFICE, set())).due == berlin(due_day, due_clock)


def test_what_is_overdue_met_or_standing_is_not_paused() -> None:
    promise = standing_since("", "", paused_too=False)
    assert paused(promise, promise.due) == promise
    assert paused(replace(promise, met_at=promise.set_at), promise.set_at).paused_at is None
    standing = paused(promise, promise.set_at)
    assert paused(standing, promise.set_at + timedelta(hours=1)) == standing


def test_what_runs_or_was_met_meanwhile_does_not_go_on() -> None:
    promise, later = standing_since("", "", paused_too=False), berlin("2026-10-30", "12:00")
    assert resumed(promise, KIND, context(later, OFFICE, set())) == promise
    met_meanwhile = replace(standing_since("2026-10-19", "09:00"), met_at=later)
    assert resumed(met_meanwhile, KIND, context(later, OFFICE, set())) == met_meanwhile


def test_what_stands_still_has_no_step_and_is_never_late() -> None:
    standing = standing_since("2026-10-19", "09:00")
    assert standing.next_step is None
    assert not standing.late(datetime.combine(date(2027, 1, 1), time(), UTC))
    assert not replace(standing, met_at=berlin("2026-11-05", "12:00")).late(berlin("2026-11-06", "12:00"))
