"""A message's own words, from the fields of a body."""

from chalicelib.rules.events.fields import Fields
from chalicelib.rules.events.messages.said import LONGEST

_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))


def words(fields: Fields, name: str) -> str:
    """The text as it was written, with its lines and every sign that is no control character; "" if there is none."""
    value = fields.value.get(name)
    return clean(value) if isinstance(value, str) else ""


def clean(text: str) -> str:
    plain = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    return plain.encode("utf-8", "replace").decode().translate(_CONTROLS).strip()
