"""How a due date is written: periods in days as a day, others to the minute; the promise is kept as it was written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.rendering import words
from chalicelib.rules.tickets import due_dates
from chalicelib.rules.tickets.clocks import CLOSE, RESOLVE, Clock, SetBy, set_clock
from chalicelib.rules.tickets.due_dates import DueDate, broken, day_of, due_date, given_time
from chalicelib.rules.timing.periods import Period, Unit, parse
from tests.support import policies, samples
from tests.support.store.fakes import START

BERLIN = ZoneInfo("Europe/Berlin")
KIND = samples.shipped().kinds["complaint"]
PERIODS = st.builds(Period, st.integers(1, 40), st.sampled_from(Unit))


def clock(period: str, due: str, set_by: SetBy = SetBy.OPENING, **changes: Any) -> Clock:
    return replace(Clock(RESOLVE, period, START, datetime.fromisoformat(due), set_by=set_by), **changes)


def said(of: Clock, language: str = "en") -> str:
    return words.due(due_date(of), "Europe/Berlin", language)


class TestDueDateText:
    @pytest.mark.parametrize("period", ["14 days", "2 working days", "1 day", "1 month", "2 years", "1 working day"])
    def test_a_period_in_days_is_written_as_a_day(self, period: str) -> None:
        assert said(clock(period, "2026-12-12T01:37:00+00:00")) == "Saturday, 12 December 2026"
        assert said(clock(period, "2026-12-12T01:37:00+00:00"), "de") == "Samstag, 12. Dezember 2026"

    @pytest.mark.parametrize("period", ["24 hours", "90 minutes", "4 working hours", "48 hours", "immediately"])
    def test_a_period_in_hours_or_minutes_is_written_to_the_minute(self, period: str) -> None:
        assert said(clock(period, "2026-12-12T01:37:00+00:00")) == "Saturday, 12 December 2026, 02:37"
        assert said(clock(period, "2026-12-12T01:37:00+00:00"), "de") == "Samstag, 12. Dezember 2026, 02:37 Uhr"

    @pytest.mark.parametrize(
        ("due", "day"),
        [
            ("2026-12-11T23:00:00+00:00", 11),  # midnight in Berlin ends the day before
            ("2026-12-11T23:00:00.000001+00:00", 12),
            ("2026-12-11T23:10:00+00:00", 12),  # ten past midnight is within that day
            ("2026-12-12T22:59:59+00:00", 12),
            ("2026-06-11T22:00:00+00:00", 11),  # in summer
            ("2026-06-11T22:10:00+00:00", 12),
        ],
    )
    def test_the_day_is_counted_in_the_shops_time_zone(self, due: str, day: int) -> None:
        assert f", {day} " in said(clock("14 days", due))
        assert day_of(due_date(clock("14 days", due)), BERLIN).day == day

    @pytest.mark.parametrize("set_by", [SetBy.EXTENSION, SetBy.PAUSE, SetBy.CAME_BACK])
    def test_a_moved_promise_in_days_is_still_written_as_a_day(self, set_by: SetBy) -> None:
        assert said(clock("30 days", "2026-12-12T01:37:00+00:00", set_by)) == "Saturday, 12 December 2026"

    def test_an_agreed_date_is_written_as_it_was_agreed(self) -> None:
        assert said(clock("5 working days", "2026-12-12T13:00:00+00:00", SetBy.AGREED)).endswith(", 14:00")
        assert said(clock("5 working days", "2026-12-12T22:59:00+00:00", SetBy.AGREED)) == "Saturday, 12 December 2026"


@settings(deadline=None)
@given(period=PERIODS, at=policies.moments)
def test_the_clock_is_never_due_after_the_written_date(period: Period, at: datetime) -> None:
    context = samples.context(at)
    due = due_date(set_clock(RESOLVE, period, KIND, context))
    day = day_of(due, BERLIN)
    local = due.at.astimezone(BERLIN)
    assert due.by_day is (period.unit not in (Unit.MINUTES, Unit.HOURS, Unit.WORKING_HOURS))
    assert local.date() == day or (local.date() == day + timedelta(days=1) and not (local.hour or local.minute))


class TestBroken:
    DUE = "2026-12-12T01:37:00+00:00"

    @pytest.mark.parametrize(
        ("now", "is_broken"),
        [
            ("2026-12-12T01:37:00+00:00", False),
            ("2026-12-12T14:00:00+00:00", False),  # the clock has ended, the day has not
            ("2026-12-12T22:59:59+00:00", False),
            ("2026-12-12T23:00:00+00:00", True),
        ],
    )
    def test_a_promise_written_as_a_day_is_broken_when_the_day_is_over(self, now: str, is_broken: bool) -> None:
        at = datetime.fromisoformat(now)
        assert broken(clock("14 days", self.DUE), at, BERLIN) is is_broken
        assert broken(clock("14 days", self.DUE, met_at=at), at + timedelta(days=9), BERLIN) is is_broken
        assert broken(clock("14 days", self.DUE, paused_at=at), at + timedelta(days=9), BERLIN) is is_broken

    def test_a_promise_written_to_the_minute_is_broken_a_second_later(self) -> None:
        due = datetime.fromisoformat(self.DUE)
        assert not broken(clock("48 hours", self.DUE), due, BERLIN)
        assert broken(clock("48 hours", self.DUE), due + timedelta(seconds=1), BERLIN)


class TestGivenTime:
    @settings(deadline=None)
    @given(period=PERIODS, at=policies.moments)
    def test_a_time_limit_in_days_lasts_to_the_end_of_its_day(self, period: Period, at: datetime) -> None:
        context = samples.context(at)
        given_clock, promised = (
            given_time(CLOSE, period, KIND, context, SetBy.OPENING),
            set_clock(CLOSE, period, KIND, context),
        )
        assert given_clock.due >= promised.due
        assert said(given_clock) == said(promised)
        if due_dates.counts_days(period):
            local = given_clock.due.astimezone(BERLIN)
            assert (local.hour, local.minute) == (23, 59) or given_clock.due == promised.due

    def test_a_time_limit_in_hours_ends_to_the_minute(self) -> None:
        assert given_time(CLOSE, parse("36 hours"), KIND, samples.context(), SetBy.OPENING).due == START + timedelta(
            hours=36
        )


def test_a_moment_and_a_day_are_written_in_the_shops_time_zone() -> None:
    due = DueDate(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), by_day=True)
    assert words.due(due, "Europe/Berlin", "en") == "Friday, 1 January 2027"
    assert words.due(due, "America/New_York", "en") == "Thursday, 31 December 2026"
