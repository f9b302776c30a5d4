"""Periods: how they are read, written in words, counted on the calendar, and explained in a sentence."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.timing.due_explained import explain
from chalicelib.rules.timing.periods import LANGUAGES, Period, Unit, before, due, parse
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
    ("text", "within", "innerhalb", "alone"),
    [
        ("immediately", "immediately", "sofort", "sofort"),
        ("1 minute", "within 1 minute", "innerhalb von 1 Minute", "1 Minute"),
        ("15 minutes", "within 15 minutes", "innerhalb von 15 Minuten", "15 Minuten"),
        ("1 working hour", "within 1 working hour", "innerhalb von 1 Arbeitsstunde", "1 Arbeitsstunde"),
        ("1 working day", "within 1 working day", "innerhalb von 1 Arbeitstag", "1 Arbeitstag"),
        ("2 working days", "within 2 working days", "innerhalb von 2 Arbeitstagen", "2 Arbeitstage"),
        ("30 days", "within 30 days", "innerhalb von 30 Tagen", "30 Tage"),
        ("1 month", "within 1 month", "innerhalb von 1 Monat", "1 Monat"),
        ("2 months", "within 2 months", "innerhalb von 2 Monaten", "2 Monate"),
        ("3 years", "within 3 years", "innerhalb von 3 Jahren", "3 Jahre"),
    ],
)
def test_periods_in_words(text: str, within: str, innerhalb: str, alone: str) -> None:
    period = parse(text)
    assert period.within("en") == within
    assert period.within("de") == innerhalb
    assert period.in_words("de") == innerhalb.removeprefix("innerhalb von ")
    assert period.in_words("de", alone=True) == alone
    assert period.in_words("en", alone=True) == period.in_words("en") == str(period)
    assert period.within("xx") == within


def test_every_language_has_words_for_every_unit() -> None:
    for language in LANGUAGES:
        for unit in Unit:
            assert all(Period(n, unit).in_words(language, alone=alone) for n in (1, 2) for alone in (True, False))
            assert language == "en" or Period(2, unit).in_words(language) != Period(2, unit).in_words("en")


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


@pytest.mark.parametrize(
    ("start", "text", "english", "german"),
    [
        (
            "2026-10-16T16:30",
            "2 working days",
            "2 working days from Fri 16:30, Mon is a holiday: due Wed 16:30",
            "2 Arbeitstage ab Fr 16:30, Mo ist ein Feiertag: fällig Mi 16:30",
        ),
        (
            "2026-10-18T11:00",
            "4 working hours",
            "4 working hours from Sun 11:00, Mon is a holiday, counted from Tue 09:00: due Tue 13:45",
            "4 Arbeitsstunden ab So 11:00, Mo ist ein Feiertag, gezählt ab Di 09:00: fällig Di 13:45",
        ),
        (
            "2026-10-16T16:30",
            "30 days",
            "30 days from Fri 16 Oct 16:30: due Sun 15 Nov 16:30",
            "30 Tage ab Fr 16.10. 16:30: fällig So 15.11. 16:30",
        ),
        (
            "2026-12-23T10:00",
            "1 working day",
            "1 working day from Wed 10:00, Thu and Fri are holidays: due Mon 10:00",
            "1 Arbeitstag ab Mi 10:00, Do und Fr sind Feiertage: fällig Mo 10:00",
        ),
        (
            "2026-12-23T10:00",
            "7 working days",
            "7 working days from Wed 23 Dec 2026 10:00, 4 holidays lie between: due Thu 7 Jan 2027 10:00",
            "7 Arbeitstage ab Mi 23.12.2026 10:00, dazwischen liegen 4 Feiertage: fällig Do 7.1.2027 10:00",
        ),
        (
            "2026-10-16T16:30",
            "5 minutes",
            "5 minutes from Fri 16:30: due Fri 16:35",
            "5 Minuten ab Fr 16:30: fällig Fr 16:35",
        ),
        ("2026-10-16T16:30", "immediately", "immediately: due Fri 16:30", "sofort: fällig Fr 16:30"),
    ],
)
def test_a_due_moment_is_explained(start: str, text: str, english: str, german: str) -> None:
    began, period = berlin(start), parse(text)
    end = due(began, period, OFFICE, HOLIDAYS.get)
    assert explain(began, period, end, OFFICE, HOLIDAYS.get, "en") == english
    assert explain(began, period, end, OFFICE, HOLIDAYS.get, "de") == german
    assert explain(began, period, end, OFFICE, HOLIDAYS.get, "xx") == english


def test_an_old_promise_is_explained_even_if_the_shop_has_closed_down() -> None:
    start = berlin("2026-10-16T16:30")
    closed = WorkingHours("Europe/Berlin", ((),) * 7)
    sentence = explain(start, parse("1 working day"), start + timedelta(days=4), closed, HOLIDAYS.get, "en")
    assert sentence == "1 working day from Fri 16:30: due Tue 16:30"
