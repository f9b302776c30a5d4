"""Amounts of money: whole numbers of a currency's smallest unit, never fractions of it (ISO 4217)."""

import re

from chalicelib.errors import InvalidFields

_DECIMALS = {
    "EUR": 2, "GBP": 2, "CHF": 2, "SEK": 2, "NOK": 2, "DKK": 2, "ISK": 0, "PLN": 2, "CZK": 2, "HUF": 2, "RON": 2,
    "BGN": 2, "USD": 2, "CAD": 2, "AUD": 2, "NZD": 2, "JPY": 0,
}  # fmt: skip
"""How many decimals a currency has."""
CURRENCIES = tuple(_DECIMALS)
_OF_COUNTRIES = {
    "GB": "GBP", "CH": "CHF", "LI": "CHF", "SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK", "PL": "PLN", "CZ": "CZK",
    "HU": "HUF", "RO": "RON", "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "JP": "JPY",
}  # fmt: skip
# Longer numbers are typing mistakes.
_LARGEST = 99_999_999


def decimals(currency: str) -> int:
    """How many decimals the currency has; 2 for one that we do not know, as most have."""
    return _DECIMALS.get(currency, 2)


def currency_of(country: str) -> str:
    """The currency of a shop in this country; the euro where we know no other."""
    return _OF_COUNTRIES.get(country, "EUR")


def minor_units(text: str, currency: str) -> int:
    """An amount as people write it ("12.50", "12,50", "12") in the currency's smallest unit. It has no separator of
    thousands, which others read as a decimal sign. Raises InvalidFields."""
    places = _DECIMALS[currency]
    found = re.fullmatch(r"(\d{1,9})(?:[.,](\d{1,2}))?", text.strip(), re.ASCII)
    if not found or len(found[2] or "") > places:
        raise InvalidFields({"amount": "no_amount"})
    amount = int(found[1] + (found[2] or "").ljust(places, "0"))
    if not 0 < amount <= _LARGEST:
        raise InvalidFields({"amount": "no_amount"})
    return amount


def written(amount: int, currency: str) -> str:
    """The amount as the standard writes it: "12.50 EUR"."""
    places = decimals(currency)
    whole, part = divmod(amount, 10**places)
    return f"{whole}.{part:0{places}d} {currency}" if places else f"{whole} {currency}"
