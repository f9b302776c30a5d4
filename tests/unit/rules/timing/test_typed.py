"""Days as people type them: a day with which one can calculate, or none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.timing import typed

CENTURY = timedelta(days=36_525)


@given(st.dates(date(2000, 1, 1), date(2999, 12, 31)))
def test_a_day_of_this_millennium_is_read(day: date) -> None:
    assert typed.day(day.isoformat()) == day


@given(st.one_of(st.text(st.characters()), st.dates().map(date.isoformat), st.from_regex(r"[0-9W-]{1,12}")))
def test_whatever_is_read_can_be_calculated_with(text: str) -> None:
    try:
        day = typed.day(text)
    except ValueError:
        return
    assert day - CENTURY < day < day + CENTURY


@pytest.mark.parametrize(
    "text",
    ["", " ", "soon", "2026-02-29", "2026-13-01", "1999-12-31", "3000-01-01", "0001-01-01", "9999-12-31",
     "２０２６-11-30", "2026-11-30T00:00", "\ud800", "\x00", "2" * 100_000],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        typed.day(text)
