"""Amounts of money as people read them: €1,250.50 in English, 1.250,50 € in German."""

from dataclasses import dataclass

from chalicelib.rendering import words

_SYMBOLS = {"EUR": "€", "GBP": "£"}
"""Signs that mean one currency only; others are named by their code."""
_NO_BREAK = "\u00a0"
_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of the smallest unit of a currency, which has so many decimals; negative for what is taken off."""

    units: int
    currency: str
    decimals: int


def said(amount: Amount, language: str) -> str:
    """The amount in words of the language, exact to the smallest unit, and never broken between two lines."""
    whole, part = divmod(abs(amount.units), 10**amount.decimals)
    number = words.number(whole, language)
    if amount.decimals:
        number += f"{words.phrase(language, 'sizes.decimal')}{part:0{amount.decimals}d}"
    symbol = _SYMBOLS.get(amount.currency, "")
    form = words.phrase(language, "sizes.amount" if symbol else "sizes.amount_in_code")
    text = form.format(number=number, currency=symbol or amount.currency).replace(" ", _NO_BREAK)
    return f"{_MINUS}{text}" if amount.units < 0 else text
