"""The closed days in a time, and those in a row."""

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.timing.closures import Span, closed_between, spans
from chalicelib.rules.timing.periods import due as due_after
from chalicelib.rules.timing.periods import parse
from chalicelib.rules.timing.worktime import WorkingHours

OPEN = ((time(9), time(17)),)
HOURS = WorkingHours("Europe/Berlin", (OPEN,) * 5 + ((), ()))
CHRISTMAS = {date(2026, 12, day) for day in (24, 25, 28, 29, 30, 31)} | {date(2027, 1, 1), date(2027, 1, 6)}


def holiday(day: date) -> str | None:
    return "closed" if day in CHRISTMAS or day.weekday() == 6 else None


def test_only_days_on_which_the_shop_would_work_count() -> None:
    night, monday = datetime(2026, 12, 23, 22, 30, tzinfo=UTC), datetime(2026, 12, 28, tzinfo=UTC)
    closed = closed_between(night, monday, HOURS, holiday)
    assert closed == (date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 28))
    assert closed_between(night, night, HOURS, holiday) == ()


def test_days_in_a_row_are_one_time_also_over_a_weekend() -> None:
    assert spans(sorted(CHRISTMAS), HOURS) == (
        Span(date(2026, 12, 24), date(2027, 1, 1), 7),
        Span(date(2027, 1, 6), date(2027, 1, 6), 1),
    )
    assert spans((), HOURS) == ()


@given(
    start=st.datetimes(datetime(2026, 12, 1), datetime(2027, 1, 31), timezones=st.just(UTC)),
    amount=st.integers(1, 20),
)
def test_a_promise_without_closed_days_between_is_due_as_if_there_were_none(start: datetime, amount: int) -> None:
    period = parse(f"{amount} working days")
    end, usual = due_after(start, period, HOURS, holiday), due_after(start, period, HOURS, lambda _: None)
    closed = closed_between(start, end, HOURS, holiday)
    assert closed or end == usual
    assert end >= usual
