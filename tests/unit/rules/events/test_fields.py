"""Amounts and texts from JSON, each within its bound."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.events.fields import NotReadable, amount, one_line, parsed, web_address


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        ("12.50", 2, 1250), ("12.5", 2, 1250), ("12", 2, 1200), ("-7.95", 2, -795), ("0.005", 2, 1), ("0.004", 2, 0),
        ("19.989999999999998", 2, 1999), ("158.8235294117647", 2, 15882), ("1000", 0, 1000), ("999.5", 0, 1000),
        ("1e2", 2, 10000), ("1.5E1", 2, 1500), ("0.00", 2, 0), ("1.", 2, 100),
    ],
)  # fmt: skip
def test_amounts_are_exact(text: str, places: int, expected: int) -> None:
    assert amount(text, places) == expected


@pytest.mark.parametrize(
    "text", ["", "x", "1,50", "1.2.3", "0x1", "1e999", "--1", "٣", "9" * 15, "NaN", "1e-99", "1 000", "9" * 50]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        amount(text, 2)


@given(st.integers(-(10**11), 10**11), st.sampled_from([0, 2]))
def test_every_amount_comes_back(cents: int, places: int) -> None:
    sign, whole = ("-" if cents < 0 else ""), abs(cents)
    text = f"{sign}{whole // 100}.{whole % 100:02}" if places else f"{cents}"
    assert amount(text, places) == cents


def test_numbers_keep_every_digit() -> None:
    found = parsed(b'{"a": 0.1, "b": 1e2, "c": 9007199254740993}')
    assert (found.text("a"), found.text("b"), found.text("c")) == ("0.1", "1e2", "9007199254740993")


@given(st.text(), st.integers(1, 50))
def test_a_line_prints_and_is_no_longer_than_said(text: str, longest: int) -> None:
    found = one_line(text, longest)
    assert len(found) <= longest
    assert found.isprintable()
    assert found == found.strip()


@pytest.mark.parametrize("url", ["https://a.example/x?y=1", "http://a.example"])
def test_addresses_of_the_web(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "javascript:alert(1)", "//a.example", "https://", "data:text/html,x", 'https://a.example/" x', "ftp://a"],
)
def test_other_addresses_are_left_out(url: str) -> None:
    assert web_address(url) == ""


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31", "2026-02-30"])
def test_a_day_that_leaves_the_calendar_is_not_readable(day: str) -> None:
    told = parsed(f'{{"deliver_by": "{day}", "expected": "2026-12-01T10:00:00Z"}}'.encode())
    assert told.day("expected") == date(2026, 12, 1)
    with pytest.raises(NotReadable):
        told.day("deliver_by")
