"""Finds a telephone number in texts, however it is written there."""

import re
from collections.abc import Iterator

from chalicelib.rules.identity.callers import number_of
from chalicelib.rules.identity.numbering import COUNTRIES

_JOINT = r"[\s()./\-‐-―]{0,3}"
# Fewer digits are no number that could be told from others.
_LEAST = 5


def readings(text: str, address: str) -> Iterator[tuple[int, int]]:
    """The positions of the number that this address stands for: with its country's code, or as it is dialled at
    home."""
    number = number_of(address)
    if len(number.national) < _LEAST or sum(map(str.isdigit, text)) < _LEAST:
        return
    code = _joined(number.code) if number.code else r"\d{1,3}"
    abroad = rf"(?:\+|00)?{code}" if number.code else rf"(?:\+|00){code}"
    bare = "" if _has_zero(number.code) else "?"
    before = rf"(?:{abroad}{_JOINT}(?:\(\s*0\s*\)|0)?{_JOINT}|0{_JOINT}){bare}"
    yield from (found.span() for found in re.finditer(rf"(?<!\d){before}{_joined(number.national)}(?!\d)", text))


def _joined(digits: str) -> str:
    return _JOINT.join(digits)


def _has_zero(code: str) -> bool:
    """Whether a zero is dialled before the numbers of the country with this code; so it is for most, if unknown."""
    return next((country.zero for country in COUNTRIES.values() if country.code == code), True)
