"""Reads what others wrote in JSON: each value with a bound, and never a float where money is meant.

What must be there and is not, or is of another type, makes the whole body unreadable. What may be missing is taken as
missing when it is of another type: PHP writes an empty list for an empty object.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlsplit

from chalicelib.patterns import pattern
from chalicelib.rules.orders import numbers
from chalicelib.rules.tickets import money
from chalicelib.rules.timing import typed

LONGEST = 200
LONGEST_URL = 1000
MOST_PARTS = 1000
"""Of a list that we read, such as the lines of an order."""
_LARGEST_AMOUNT = 10**12
_MOST_PIECES = 1_000_000
_DECIMAL = pattern(r"[+-]?[0-9]{1,15}(?:\.[0-9]{0,30})?(?:[eE][+-]?[0-9]{1,2})?")
_YEARS = range(2000, 2101)


class NotReadable(ValueError):
    """The body is not what its source documents."""


def parsed(body: bytes) -> "Fields":
    """The object in a body. A number with a decimal point stays the text that it was. Raises NotReadable."""
    value = _value(body)
    if not isinstance(value, dict):
        raise NotReadable("no object")
    return Fields(value)


def parsed_list(body: bytes, name: str) -> "list[Fields]":
    """The objects in a body that is a list, or that has it under this name. Raises NotReadable."""
    value = _value(body)
    if name:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, list):
        raise NotReadable(name)
    return list(Fields({name: value}).children(name))


def _value(body: bytes) -> Any:
    try:
        value = json.loads(body.decode("utf-8"), parse_float=str, parse_constant=_no_number)
        # Halves of characters outside Unicode's first plane can be written in JSON, but nobody can store them.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise NotReadable("no JSON") from None
    return value


def _no_number(name: str) -> None:
    raise NotReadable(name)


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of JSON. A field that is missing reads as "", 0, None, an empty object or no parts."""

    value: dict[str, Any]

    def __bool__(self) -> bool:
        return bool(self.value)

    def text(self, name: str, longest: int = LONGEST) -> str:
        """One line, without characters that do not print, cut to `longest`. A whole number is its digits."""
        value = self.value.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return ""
        return one_line(_digits(value) if isinstance(value, int) else value, longest)

    def needed(self, name: str, longest: int = LONGEST) -> str:
        found = self.text(name, longest)
        if not found:
            raise NotReadable(name)
        return found

    def number(self, name: str) -> str:
        """The number of an order."""
        return numbers.normal(self.needed(name)) or _none(name)

    def flag(self, name: str) -> bool:
        return self.value.get(name) is True

    def pieces(self, name: str, most: int = _MOST_PIECES) -> int:
        """A count of things. Raises NotReadable if it is none, or more than `most`."""
        value = self.value.get(name)
        if isinstance(value, str):  # a float of JSON, such as 2.0
            whole = amount(value, 0)
            value = whole
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise NotReadable(name)
        return value

    def money(self, name: str, currency: str) -> int:
        """An amount in the currency's smallest unit; 0 if there is none. Raises NotReadable."""
        value = self.value.get(name)
        if value is None or value == "":
            return 0
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise NotReadable(name)
        return amount(_digits(value) if isinstance(value, int) else value, money.decimals(currency))

    def needed_money(self, name: str, currency: str) -> int:
        if self.value.get(name) in (None, ""):
            raise NotReadable(name)
        return self.money(name, currency)

    def currency(self, name: str = "currency") -> str:
        found = self.needed(name)
        if len(found) != 3 or not (found.isascii() and found.isalpha()):
            raise NotReadable(name)
        return found.upper()

    def moment(self, name: str, *, utc: bool = False) -> datetime | None:
        """A moment by ISO 8601. `utc`: it is written without a zone and means UTC. Raises NotReadable if it is no
        moment, or of no zone."""
        found = self.text(name)
        return _moment(found, utc) if found else None

    def when(self, name: str, *, utc: bool = False) -> datetime:
        found = self.moment(name, utc=utc)
        if found is None:
            raise NotReadable(name)
        return found

    def seconds(self, name: str) -> datetime | None:
        """A moment as seconds since 1970, as a number or as text."""
        found = self.text(name)
        if not (found.isascii() and found.isdigit() and len(found) <= 11):
            return None
        return _sane(datetime.fromtimestamp(int(found), UTC))

    def day(self, name: str) -> date | None:
        found = self.text(name)[:10]
        if not found:
            return None
        try:
            return typed.day(found)
        except ValueError:
            raise NotReadable(name) from None

    def url(self, name: str) -> str:
        """An address of the web; "" if it is another address, or none."""
        return web_address(self.text(name, LONGEST_URL + 1))

    def mail_address(self, name: str) -> str:
        """An e-mail address by its form; "" if it is none."""
        found = self.text(name, 255)
        local, _, domain = found.rpartition("@")
        return found if local and "." in domain and " " not in found and len(found) <= 254 else ""

    def child(self, name: str) -> "Fields":
        value = self.value.get(name)
        return Fields(value if isinstance(value, dict) else {})

    def children(self, name: str) -> "Iterator[Fields]":
        """The objects in a list, at most MOST_PARTS of them. Raises NotReadable if something else is in it."""
        value = self.value.get(name)
        if not value:
            return
        if not isinstance(value, list):
            raise NotReadable(name)
        for part in value[:MOST_PARTS]:
            if not isinstance(part, dict):
                raise NotReadable(name)
            yield Fields(part)

    def unread(self, name: str) -> int:
        """How many parts of a list `children` leaves out."""
        value = self.value.get(name)
        return max(len(value) - MOST_PARTS, 0) if isinstance(value, list) else 0

    def texts(self, name: str) -> list[str]:
        """The texts in a list; others are left out."""
        value = self.value.get(name)
        if not isinstance(value, list):
            return []
        return [
            found for part in value[:MOST_PARTS] if isinstance(part, str) and (found := one_line(part, LONGEST_URL))
        ]


def amount(text: str, places: int) -> int:
    """A decimal number, rounded to so many places and counted in the last of them. Raises NotReadable."""
    found = text.strip()
    if not _DECIMAL.fullmatch(found):
        raise NotReadable("amount")
    scaled = int(Decimal(found).scaleb(places).quantize(Decimal(1), ROUND_HALF_UP)) if _small(found) else None
    if scaled is None or abs(scaled) > _LARGEST_AMOUNT:
        raise NotReadable("amount")
    return scaled


def one_line(text: str, longest: int = LONGEST) -> str:
    shown = text[: 10 * longest]
    plain = shown if shown.isprintable() else "".join(c if c.isprintable() else " " for c in shown)
    return " ".join(plain.split())[:longest].rstrip()


def web_address(text: str) -> str:
    """The address if it is one of the web, else ""."""
    if len(text) > LONGEST_URL or not text.isascii() or any(c in text for c in ' "<>\\'):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("https", "http") and parts.hostname else ""


def _small(text: str) -> bool:
    """Whether the number has so few digits that Decimal computes it exactly."""
    return abs(Decimal(text).adjusted()) <= 20


def _digits(value: int) -> str:
    """Python refuses to write very long numbers."""
    return str(value) if -(10**40) < value < 10**40 else _none("number")


def _none(name: str) -> str:
    raise NotReadable(name)


def _moment(text: str, utc: bool) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            if not utc:
                raise NotReadable("a moment of no time zone")
            found = found.replace(tzinfo=UTC)
        return _sane(found.astimezone(UTC))
    except (ValueError, OverflowError):
        raise NotReadable("no moment") from None


def _sane(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise NotReadable("a moment of another time")
    return moment
