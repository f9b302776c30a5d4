"""Amounts: exact to the smallest unit, in each language's form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rendering import amounts, words
from chalicelib.rendering.amounts import Amount


@pytest.mark.parametrize(
    ("units", "currency", "decimals", "english", "german"),
    [
        (125_050, "EUR", 2, "€1,250.50", "1.250,50 €"),
        (5, "EUR", 2, "€0.05", "0,05 €"),
        (0, "GBP", 2, "£0.00", "0,00 £"),
        (-1_290, "EUR", 2, "−€12.90", "−12,90 €"),
        (1_000_000, "CHF", 2, "CHF 10,000.00", "10.000,00 CHF"),
        (12_345, "JPY", 0, "JPY 12,345", "12.345 JPY"),
    ],
)
def test_in_both_languages(units: int, currency: str, decimals: int, english: str, german: str) -> None:
    amount = Amount(units, currency, decimals)
    assert amounts.said(amount, "en").replace("\u00a0", " ") == english
    assert amounts.said(amount, "de").replace("\u00a0", " ") == german


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "CHF", "JPY"]), st.integers(0, 3))
def test_nothing_is_lost_and_nothing_breaks(units: int, currency: str, decimals: int) -> None:
    for language in words.languages():
        said = amounts.said(Amount(units, currency, decimals), language)
        assert " " not in said
        assert int("".join(c for c in said if c.isdigit())) == abs(units)
        assert said.startswith("−") == (units < 0)
