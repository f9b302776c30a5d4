"""Amounts of money are whole numbers of the smallest unit, read as people write them and never rounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.policy.countries import EU
from chalicelib.rules.tickets import money


@pytest.mark.parametrize(
    ("text", "currency", "amount", "written"),
    [
        ("12.50", "EUR", 1250, "12.50 EUR"),
        ("12,5", "EUR", 1250, "12.50 EUR"),
        (" 12 ", "GBP", 1200, "12.00 GBP"),
        ("0.01", "EUR", 1, "0.01 EUR"),
        ("1200", "JPY", 1200, "1200 JPY"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, currency: str, amount: int, written: str) -> None:
    assert money.minor_units(text, currency) == amount
    assert money.written(amount, currency) == written


@pytest.mark.parametrize(
    "text", ["", "0", "0.00", "-3", "1,234", "1.234,50", "12.505", "twelve", "12 EUR", "٣", "9999999999"]
)
def test_what_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(InvalidFields, match="no_amount"):
        money.minor_units(text, "EUR")


def test_a_currency_without_decimals_has_none() -> None:
    with pytest.raises(InvalidFields, match="no_amount"):
        money.minor_units("12.5", "JPY")


@given(st.integers(1, 99_999_999), st.sampled_from(money.CURRENCIES))
def test_what_is_written_is_read_as_the_same_amount(amount: int, currency: str) -> None:
    assert money.minor_units(money.written(amount, currency).split()[0], currency) == amount


def test_every_country_has_a_currency() -> None:
    assert {money.currency_of(country) for country in EU} <= set(money.CURRENCIES)
    assert [money.currency_of(country) for country in ("DE", "GB", "SE", "XX")] == ["EUR", "GBP", "SEK", "EUR"]
