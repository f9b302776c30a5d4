"""What the mappers of all sources share: the ids of facts, and parts of baskets."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.rules.events.fields import Fields, one_line
from chalicelib.rules.events.sources import Source
from chalicelib.rules.identity import derived
from chalicelib.rules.orders.basket import MOST_LINES, Cost, Line, PostalAddress
from chalicelib.rules.orders.events import EventKind

_ID_DIGITS = 24


def id_of(source: Source, kind: EventKind, *about: str | datetime) -> str:
    """The id of a fact, by what makes it this fact and no other: the order's number or a parcel's id, and a moment
    where the same can happen more than once."""
    parts = (part.isoformat() if isinstance(part, datetime) else part for part in about)
    return derived.source_of("event", source, kind, *parts)[:_ID_DIGITS]


def bounded(lines: Sequence[Line], unread: int) -> tuple[tuple[Line, ...], int]:
    """The lines that are kept, and how many are not. `unread`: lines that were not even read."""
    return tuple(lines[:MOST_LINES]), max(len(lines) - MOST_LINES, 0) + unread


def balanced(costs: Iterable[Cost], lines: Iterable[Line], added_tax: int, total: int) -> tuple[Cost, ...]:
    """The costs, so that lines, costs and tax that is added come to the total. What the source does not name (a tip, a
    duty, a rounding) is a cost without a label."""
    told = tuple(cost for cost in costs if cost.amount)
    rest = total - sum(line.total for line in lines) - sum(cost.amount for cost in told) - added_tax
    return (*told, Cost("", rest)) if rest else told


def each(total: int, quantity: int) -> int:
    """The price of one piece, rounded to the nearest unit."""
    return (2 * total + quantity) // (2 * quantity) if quantity else total


def joined(*parts: str) -> str:
    return one_line(" ".join(parts))


def language(text: str) -> str:
    """The language of a locale such as "de-DE"."""
    code = text.replace("_", "-").partition("-")[0].lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""


def country(text: str) -> str:
    code = text.upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""


def address(found: Fields, names: dict[str, str], name: str) -> PostalAddress | None:
    """An address. `names`: how the source calls our fields; None if it has none of them."""
    told = {ours: found.text(theirs) for ours, theirs in names.items()}
    told["country"] = country(told.get("country", ""))
    made = PostalAddress(name=name, **told)
    return None if made == PostalAddress() else made
