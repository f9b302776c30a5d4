"""An order's number in one form, wherever it comes from: a shop's system, a form, a mail."""

from chalicelib.rules.identity import derived
from chalicelib.rules.identity.keys import Secret

LONGEST = 60
PREFIX = "O"
"""Begins an order's reference; a shop's own prefix has at least two letters."""


def normal(text: str) -> str:
    """The number without what shops write before it and people leave out: "#1001" is "1001"."""
    return " ".join(text.split()).lstrip("#").strip()[:LONGEST]


def key(text: str) -> str:
    """What all spellings of one number share: "# ab 1001" and "AB1001" are one order's."""
    return "".join(normal(text).split()).upper()


def reference(secret: Secret, shop: str, number: str) -> str:
    """The reference of the shop's order with this number, however it is spelled: "#1001" is "1001"."""
    return derived.reference(secret, PREFIX, derived.source_of("order", shop, key(number)))
