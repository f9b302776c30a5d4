"""Whoever is known by a telephone number only, written as an address of a domain that never exists, such as
`4930901820@tel.invalid` (decision 323).

So whatever finds people by an address finds these people too. A number that was written without its country's code may
be of any country: it is written as `national.030901820@tel.invalid`, and is the same as another only in the shop's own
country.
"""

from dataclasses import dataclass

from chalicelib.rules.identity import handles
from chalicelib.rules.identity.calling import country_of
from chalicelib.rules.identity.handles import CALLER, Handle, Provider
from chalicelib.rules.identity.numbering import COUNTRIES
from chalicelib.rules.identity.phones import numbers, whole

_NATIONAL = "national."
_AT = f"@{CALLER}"
_SCHEME = "tel:"
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Number:
    """A number as its `address` has it. `code`: its country's, "" if unknown; `national`: the rest, without the zero
    that is dialled before it at home."""

    shown: str
    code: str
    national: str


def addresses(phone: str) -> tuple[str, ...]:
    """The addresses of the numbers in the text of a phone field, the longest first."""
    return tuple(map(_address, sorted(numbers(phone), key=len, reverse=True)))


def is_caller(address: str) -> bool:
    """Whether an address stands for a telephone number that somebody is known by."""
    return address.strip().lower().endswith(_AT)


def asked(text: str, home: str) -> str:
    """The address of the one number that was typed, also as `tel:…`; "" if it is none. `home`: the country (ISO 3166)
    of numbers without a country's code."""
    plain = unschemed(text)
    number = whole(plain) if len(plain) <= _LONGEST else ""
    return _address(_abroad(number, home)) if number else ""


def unschemed(text: str) -> str:
    """The text without the `tel:` with which a number may begin."""
    plain = text.strip()
    return plain[len(_SCHEME) :] if plain.lower().startswith(_SCHEME) else plain


def every(address: str, home: str) -> tuple[str, ...]:
    """All addresses of whom this address stands for, itself first: a number in each way in which it may have been
    written, and its user at the messengers that know people by it. Another address has no others."""
    who = handles.of_address(address)
    number = who.number if who else _abroad(_dialled(address), home) if is_caller(address) else ""
    if not number.startswith("+"):
        return (address,)
    plain = number.removeprefix("+")
    country = COUNTRIES.get(home)
    at_home = country is not None and country_of(number) == home
    inland = plain.removeprefix(country.code) if country and at_home else ""
    written = [number, plain, *([f"0{inland}" if country and country.zero else inland] if inland else [])]
    reached = [Handle(provider, plain).address for provider in (Provider.WHATSAPP, Provider.SMS)]
    return tuple(dict.fromkeys((address, *map(_address, written), *reached)))


def number_of(address: str) -> Number:
    """The number that a caller's address stands for."""
    dialled = _dialled(address)
    country = COUNTRIES.get(country_of(dialled))
    if country:
        return Number(dialled, country.code, dialled.removeprefix(f"+{country.code}").removeprefix("0"))
    return Number(dialled, "", dialled.removeprefix("+").lstrip("0"))


def _abroad(number: str, home: str) -> str:
    """The number with the code of its country, which is `home` unless it says so itself."""
    country = COUNTRIES.get(home)
    if number.startswith("+") or country is None:
        return number
    if not country.zero:
        return f"+{country.code}{number}"
    return f"+{country.code}{number.removeprefix('0')}" if number.startswith("0") else number


def _address(number: str) -> str:
    return f"{number.removeprefix('+') if number.startswith('+') else f'{_NATIONAL}{number}'}{_AT}"


def _dialled(address: str) -> str:
    local = address.strip().lower().removesuffix(_AT)
    return local.removeprefix(_NATIONAL) if local.startswith(_NATIONAL) else f"+{local}"
