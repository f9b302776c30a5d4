"""Periods: read, and counted by the calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.timing.periods import Period, Unit, before, due, parse
from chalicelib.rules.timing.worktime import WorkingHours

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = (((time(9), time(12, 30)), (time(13, 15), time(17, 30))),) * 5 + ((), ())
OFFICE = WorkingHours("Europe/Berlin", WEEK)
HOLIDAYS = {
    date(2026, 10, 19): "one",
    date(2026, 12, 24): "two",
    date(2026, 12, 25): "three",
    date(2026, 12, 31): "four",
    date(2027, 1, 1): "five",
}

any_period = st.one_of(st.builds(Period, st.integers(1, 999), st.sampled_from(Unit)), st.just(Period(0, Unit.MINUTES)))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Africa/Cairo"])


def berlin(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("immediately", Period(0, Unit.MINUTES)),
        ("15 minutes", Period(15, Unit.MINUTES)),
        ("4 hours", Period(4, Unit.HOURS)),
        ("4 working hours", Period(4, Unit.WORKING_HOURS)),
        ("2 working days", Period(2, Unit.WORKING_DAYS)),
        ("30 days", Period(30, Unit.DAYS)),
        ("1 month", Period(1, Unit.MONTHS)),
        ("2 years", Period(2, Unit.YEARS)),
        (" 1  Working DAY ", Period(1, Unit.WORKING_DAYS)),
        ("1 months", Period(1, Unit.MONTHS)),
    ],
)
def test_periods_are_read(text: str, period: Period) -> None:
    assert parse(text) == period


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no period"),
        ("soon", "is no period"),
        ("two days", "is no period"),
        ("-1 days", "is no period"),
        ("1.5 hours", "is no period"),
        ("²3 days", "is no period"),
        ("3 weeks", "no unit"),
        ("3 working months", "no unit"),
        ("0 days", '"immediately"'),
        ("1000 days", "larger unit"),
    ],
)
def test_text_that_is_no_period_gets_a_hint_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse(text)


@given(any_period)
def test_a_period_is_written_as_it_is_read(period: Period) -> None:
    assert parse(str(period)) == period


@given(st.text(max_size=30))
def test_no_text_makes_reading_fail_in_another_way(text: str) -> None:
    try:
        assert parse(text)
    except ValueError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize(("amount", "unit"), [(0, Unit.DAYS), (-1, Unit.MINUTES), (1000, Unit.YEARS)])
def test_no_period_is_negative_empty_or_endless(amount: int, unit: Unit) -> None:
    with pytest.raises(ValueError, match="1 to 999"):
        Period(amount, unit)


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2026-10-16T16:30", "immediately", "2026-10-16T16:30"),
        ("2026-10-24T16:30", "1 day", "2026-10-25T16:30"),  # 25 hours long
        ("2026-10-16T16:30", "30 days", "2026-11-15T16:30"),
        ("2026-03-28T02:30", "1 day", "2026-03-29T03:00"),  # 02:30 did not exist
        ("2026-10-24T02:30", "1 day", "2026-10-25T02:30"),  # the first of two
        ("2026-01-31T12:00", "1 month", "2026-02-28T12:00"),
        ("2027-12-31T12:00", "2 months", "2028-02-29T12:00"),
        ("2026-12-31T12:00", "1 month", "2027-01-31T12:00"),
        ("2028-02-29T12:00", "1 year", "2029-02-28T12:00"),
        ("2026-10-16T16:30", "2 working days", "2026-10-21T16:30"),
        ("2026-10-16T16:30", "2 working hours", "2026-10-20T10:00"),
    ],
)
def test_due_on_the_calendar(start: str, text: str, end: str) -> None:
    assert due(berlin(start), parse(text), OFFICE, HOLIDAYS.get) == berlin(end)


def test_minutes_and_hours_are_elapsed_time() -> None:
    start = berlin("2026-10-24T16:30")
    assert due(start, parse("24 hours"), OFFICE, HOLIDAYS.get) - start == timedelta(hours=24)
    assert due(start, parse("90 minutes"), OFFICE, HOLIDAYS.get) - start == timedelta(minutes=90)


def test_calendar_periods_look_up_no_holiday() -> None:
    def refuse(day: date) -> str | None:
        raise AssertionError("the calendar's library is slow to load")

    for text in ("immediately", "5 minutes", "4 hours", "30 days", "1 month", "2 years"):
        due(berlin("2026-10-16T16:30"), parse(text), OFFICE, refuse)


@given(moments, any_period.filter(lambda period: not period.working), zones)
def test_calendar_periods_end_at_the_same_local_time(start: datetime, period: Period, zone: str) -> None:
    hours = WorkingHours(zone, WEEK)
    end = due(start, period, hours, HOLIDAYS.get)
    assert end >= start
    assert end.tzinfo is UTC
    if period.unit in (Unit.DAYS, Unit.MONTHS, Unit.YEARS):
        there, then = start.astimezone(hours.zone), end.astimezone(hours.zone)
        exists = then.replace(tzinfo=None) == datetime.combine(then.date(), there.time())
        if period.unit is Unit.DAYS:
            assert (then.date() - there.date()).days == period.amount or not exists
        else:
            months = period.amount * (12 if period.unit is Unit.YEARS else 1)
            assert (then.year - there.year) * 12 + then.month - there.month == months or not exists
            assert then.day <= there.day or not exists
        assert exists or then.time() > there.time()


@pytest.mark.parametrize(
    ("end", "text", "start"),
    [
        ("2026-10-20T16:30", "4 hours", "2026-10-20T12:30"),
        ("2026-10-20T10:00", "2 working hours", "2026-10-16T16:30"),
        ("2026-10-20T09:00", "1 working hour", "2026-10-16T16:30"),
        ("2026-10-21T16:30", "2 working days", "2026-10-16T16:30"),
        ("2026-11-15T16:30", "30 days", "2026-10-16T16:30"),
        ("2026-03-31T16:30", "1 month", "2026-02-28T16:30"),
        ("2026-01-31T16:30", "2 months", "2025-11-30T16:30"),
    ],
)
def test_before_a_due_moment(end: str, text: str, start: str) -> None:
    assert before(berlin(end), parse(text), OFFICE, HOLIDAYS.get) == berlin(start)
