"""Phone numbers that people of the shop may call: which country a number is of, and whether calling it costs more than
a call to a person (decision 261). What is known of each country is in `numbering`.

International premium and satellite codes (+979, +881 and others) belong to no country, so they are never called.
"""

from chalicelib.rules.identity.numbering import COUNTRIES, Country
from chalicelib.rules.identity.phones import numbers

_LEAST, _MOST = 7, 15
"""How many digits a whole number may have, the country's code included (E.164: 15 at most)."""


class NotCallable(ValueError):
    """Why nobody calls this number; its text is the code of the problem."""


def callable_number(text: str, countries: tuple[str, ...]) -> str:
    """The number as E.164 writes it: "+4930901820". A number without a country's code is the first country's, where
    people there write a zero before it. Raises NotCallable."""
    found = numbers(text)
    if len(found) != 1:
        raise NotCallable("several_numbers" if found else "no_phone")
    number = _international(found[0], COUNTRIES.get(countries[0]) if countries else None)
    country = COUNTRIES.get(country_of(number))
    if country is None or country_of(number) not in countries:
        raise NotCallable("not_called_there")
    national = number.removeprefix(f"+{country.code}")
    if not _LEAST <= len(number) - 1 <= _MOST or (national.startswith("0") and country.zero):
        raise NotCallable("no_phone")
    if country.is_costly(national):
        raise NotCallable("costly_number")
    return number


def gets_texts(number: str) -> bool:
    """Whether this number, as E.164 writes it, is a mobile number that costs nobody more."""
    country = COUNTRIES.get(country_of(number))
    national = number.removeprefix(f"+{country.code}") if country else ""
    return bool(country and country.is_mobile(national) and not country.is_costly(national))


def country_of(number: str) -> str:
    """The country (ISO 3166) of a number with its code; "" if it is none of these."""
    digits = number.removeprefix("+") if number.startswith("+") else ""
    return next((id for id, country in COUNTRIES.items() if digits.startswith(country.code)), "")


def zone_of(number: str) -> str:
    """The time zone in which its owner probably is; "" if the country is none of these."""
    country = COUNTRIES.get(country_of(number))
    return country.zone if country else ""


def country_with(zone: str) -> str:
    """The country (ISO 3166) of this time zone; "" if it is none of these."""
    return next((id for id, country in COUNTRIES.items() if country.zone == zone), "")


def _international(number: str, home: Country | None) -> str:
    if number.startswith("+"):
        return number
    if home is None or not home.zero or not number.startswith("0"):
        raise NotCallable("no_country_code")
    return f"+{home.code}{number.removeprefix('0')}"
