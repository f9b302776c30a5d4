"""Reads the fields of the withdrawal function: who withdraws, from which contract, and where to confirm it. The law
lets a shop ask for no more (Directive 2011/83/EU, Article 11a(2); docs/law.md)."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake.submission import LONGEST, address, is_address, one_line
from chalicelib.rules.policy.model import Shop

ASKED = ("name", "contract", "email")
FIELDS = (*ASKED, "language", "submission_id")
"""What a program may send."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of withdrawal as it was typed. `contract`: what identifies the contract; anything is taken."""

    name: str
    contract: str
    email: str
    language: str


def read(fields: Mapping[str, str], shop: Shop) -> Statement:
    """The statement in these fields. Raises InvalidFields with a code for each field that is empty or too long, and for
    an address to which nothing can be sent; nothing else is a mistake."""
    line = {name: one_line(fields.get(name, "")) for name in ASKED} | {"email": address(fields.get("email", ""))}
    problems = {name: "missing" for name in ASKED if not line[name]}
    problems |= {name: "too_long" for name in ASKED if len(line[name]) > LONGEST[name]}
    if "email" not in problems and not is_address(line["email"]):
        problems["email"] = "not_an_address"
    if problems:
        raise InvalidFields({name: problems[name] for name in ASKED if name in problems})
    return Statement(language=shop.spoken(fields.get("language", "")), **line)
