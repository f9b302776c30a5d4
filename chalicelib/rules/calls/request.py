"""The form by which a customer asks to be called, read: each field within its limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.calling import NotCallable, callable_number, zone_of
from chalicelib.rules.intake.submission import address, clean, is_address, one_line
from chalicelib.rules.policy.model import Shop

FIELDS = (
    "slot", "phone", "name", "email", "topic", "order_number", "note", "language", "submission_id", "further_details",
)  # fmt: skip
LONGEST = {"phone": 40, "name": 100, "email": 254, "order_number": 60, "note": 1_000, "submission_id": 200, "slot": 20}
SOON = "soon"
"""The value of `slot` for as soon as possible; any other names a half hour."""


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What the form says. `phone`: as E.164 writes it. `slot`: SOON or a half hour's id."""

    slot: str
    phone: str
    name: str
    email: str
    topic: str | None
    order_number: str | None
    note: str
    language: str


def read(given: Mapping[str, str], shop: Shop) -> CallRequest:
    """The request in these fields. Raises InvalidFields with a code for each that is missing or wrong."""
    line = {name: one_line(given.get(name, "")) for name in FIELDS}
    note, email = clean(given.get("note", "")).strip(), address(line["email"])
    faults = {name: "too_long" for name, longest in LONGEST.items() if len((line | {"note": note})[name]) > longest}
    phone = called(line["phone"], shop, faults)
    faults |= {name: "missing" for name in ("slot", "name", "email") if not line[name]}
    if email and "email" not in faults and not is_address(email):
        faults["email"] = "not_an_address"
    if line["topic"] and shop.topic(line["topic"]) is None:
        faults["topic"] = "unknown"
    language = line["language"] or shop.languages[0]
    if language not in shop.languages:
        faults["language"] = "unknown"
    if faults:
        raise InvalidFields({name: faults[name] for name in FIELDS if name in faults})
    return CallRequest(
        slot=line["slot"],
        phone=phone,
        name=line["name"],
        email=email,
        topic=line["topic"] or None,
        order_number=line["order_number"] or None,
        note=note,
        language=language,
    )


def called(text: str, shop: Shop, faults: dict[str, str]) -> str:
    """The number that people of the shop may call; adds to `faults` why they may not."""
    if not text:
        faults["phone"] = "missing"
    if "phone" in faults:
        return ""
    try:
        return callable_number(text, shop.called_countries)
    except NotCallable as why:
        faults["phone"] = str(why)
        return ""


def other_zone(phone: str, shop: Shop) -> str:
    """The time zone of the number's country where it differs from the shop's; else ""."""
    zone = zone_of(phone)
    return zone if zone != shop.timezone else ""
