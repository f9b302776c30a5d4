"""The form by which a chat begins, and what is said in one, read: each field within its limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.errors import InvalidFields
from chalicelib.patterns import pattern
from chalicelib.rules.intake.submission import MAX_FILES, address, clean, is_address, one_line
from chalicelib.rules.policy.model import Shop

FIELDS = (
    "name", "email", "topic", "order_number", "message", "attachments", "language", "submission_id", "form_token",
    "further_details",
)  # fmt: skip
LONGEST = {"name": 100, "email": 254, "order_number": 60, "message": 4_000, "submission_id": 200}
"""In characters."""
# What a client makes up for each line: a UUID, or anything like it.
_OWN_ID = pattern(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What the form says. `message`: the first words."""

    name: str
    email: str
    topic: str | None
    order_number: str | None
    message: str
    language: str


def read(given: Mapping[str, str], shop: Shop, files: int = 0) -> ChatRequest:
    """The request in these fields, with so many files. Raises InvalidFields with a code for each that is missing or
    wrong."""
    line = {name: one_line(given.get(name, "")) for name in FIELDS}
    message, email = clean(given.get("message", "")).strip(), address(line["email"])
    whole = line | {"message": message}
    faults = {name: "too_long" for name, longest in LONGEST.items() if len(whole[name]) > longest}
    faults |= {name: "missing" for name in ("name", "email", "message") if not whole[name]}
    if email and "email" not in faults and not is_address(email):
        faults["email"] = "not_an_address"
    if line["topic"] and shop.topic(line["topic"]) is None:
        faults["topic"] = "unknown"
    language = line["language"] or shop.languages[0]
    if language not in shop.languages:
        faults["language"] = "unknown"
    if files > MAX_FILES:
        faults["attachments"] = "attachments_too_many"
    if faults:
        raise InvalidFields(faults)
    return ChatRequest(
        name=line["name"],
        email=email,
        topic=line["topic"] or None,
        order_number=line["order_number"] or None,
        message=message,
        language=language,
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says in a chat. `own_id`: what its writer's page calls it, so that it counts once."""

    own_id: str
    text: str


def words(given: Mapping[str, str], files: int = 0) -> Words:
    """The words in these fields, which may be none if so many files come with them. Raises InvalidFields."""
    own_id, text = given.get("id", ""), clean(given.get("text", "")).strip()
    faults = {} if _OWN_ID.fullmatch(own_id) else {"id": "missing" if not own_id else "unknown"}
    if not text and not files:
        faults["text"] = "missing"
    elif len(text) > LONGEST["message"]:
        faults["text"] = "too_long"
    if files > MAX_FILES:
        faults["attachments"] = "attachments_too_many"
    if faults:
        raise InvalidFields(faults)
    return Words(own_id, text)
