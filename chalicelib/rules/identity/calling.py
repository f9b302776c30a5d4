"""Phone numbers that people of the shop may call: which country a number is of, and whether calling it costs more than
a call to a person (decision 261).

Sources: the countries' codes are ITU-T E.164's; the prefixes of numbers that cost the caller more, or hide whom they
reach, are of the national numbering plans. International premium and satellite codes (+979, +881 and others) belong to
no country, so they are never called.
"""

from dataclasses import dataclass

from chalicelib.rules.identity.phones import numbers

_LEAST, _MOST = 7, 15
"""How many digits a whole number may have, the country's code included (E.164: 15 at most)."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country's code, the time zone of most who live there, the prefixes of its costly numbers (without the leading
    zero), and whether people write a zero before the number at home that is left out from abroad."""

    code: str
    zone: str
    costly: tuple[str, ...]
    zero: bool = False


COUNTRIES = {
    "AT": Country("43", "Europe/Vienna", ("8", "9"), zero=True),
    "BE": Country("32", "Europe/Brussels", ("70", "90"), zero=True),
    "BG": Country("359", "Europe/Sofia", ("90",), zero=True),
    "CH": Country("41", "Europe/Zurich", ("84", "90"), zero=True),
    "CY": Country("357", "Asia/Nicosia", ("900", "909")),
    "CZ": Country("420", "Europe/Prague", ("81", "83", "84", "9")),
    "DE": Country("49", "Europe/Berlin", ("137", "18", "190", "700", "900", "115", "118"), zero=True),
    "DK": Country("45", "Europe/Copenhagen", ("90",)),
    "EE": Country("372", "Europe/Tallinn", ("900",)),
    "ES": Country("34", "Europe/Madrid", ("80", "90")),
    "FI": Country("358", "Europe/Helsinki", ("600", "700"), zero=True),
    "FR": Country("33", "Europe/Paris", ("8",), zero=True),
    "GB": Country("44", "Europe/London", ("70", "84", "87", "9"), zero=True),
    "GR": Country("30", "Europe/Athens", ("801", "90")),
    "HR": Country("385", "Europe/Zagreb", ("6",), zero=True),
    "HU": Country("36", "Europe/Budapest", ("90", "91")),
    "IE": Country("353", "Europe/Dublin", ("15", "18"), zero=True),
    "IS": Country("354", "Atlantic/Reykjavik", ("90",)),
    "IT": Country("39", "Europe/Rome", ("1", "4", "8")),
    "LI": Country("423", "Europe/Vaduz", ("90",)),
    "LT": Country("370", "Europe/Vilnius", ("808", "90")),
    "LU": Country("352", "Europe/Luxembourg", ("801", "90")),
    "LV": Country("371", "Europe/Riga", ("90",)),
    "MT": Country("356", "Europe/Malta", ("5",)),
    "NL": Country("31", "Europe/Amsterdam", ("18", "84", "87", "90"), zero=True),
    "NO": Country("47", "Europe/Oslo", ("82",)),
    "PL": Country("48", "Europe/Warsaw", ("70", "80")),
    "PT": Country("351", "Europe/Lisbon", ("6", "7", "808", "809")),
    "RO": Country("40", "Europe/Bucharest", ("8", "90"), zero=True),
    "SE": Country("46", "Europe/Stockholm", ("77", "900", "939", "944"), zero=True),
    "SI": Country("386", "Europe/Ljubljana", ("89", "90"), zero=True),
    "SK": Country("421", "Europe/Bratislava", ("8", "900", "97", "98"), zero=True),
}
"""The countries whose numbers a shop's policy may name."""


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
    if national.startswith(country.costly):
        raise NotCallable("costly_number")
    return number


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
