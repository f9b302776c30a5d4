"""What people send by a messenger that is neither words nor a file, in words: a place, a person, an order, a poll
(decision 329)."""

from chalicelib.patterns import pattern
from chalicelib.rules.events.fields import Fields
from chalicelib.rules.events.messages.words import words

_MOST = 20
_DEGREES = pattern(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?")


def place(fields: Fields, latitude: str = "latitude", longitude: str = "longitude") -> str:
    """A place's name and address, and its degrees as maps take them: "52.52, 13.405". "" if it has no degrees."""
    degrees = [fields.text(name) for name in (latitude, longitude)]
    if not all(map(_DEGREES.fullmatch, degrees)):
        return ""
    return _lines(fields.text("name") or fields.text("title"), fields.text("address"), ", ".join(degrees))


def person(name: str, *reached_at: str) -> str:
    """Somebody's card: the name, numbers and addresses."""
    return ", ".join(filter(None, (name, *reached_at[:_MOST])))


def order(fields: Fields) -> str:
    """A basket of WhatsApp's catalogue: what was written, and each article with number and price."""
    return _lines(words(fields, "text"), *map(_article, list(fields.children("product_items"))[:_MOST]))


def poll(fields: Fields) -> str:
    """A question with the answers to choose from."""
    return _lines(
        fields.text("question"), *(f"- {each.text('text')}" for each in list(fields.children("options"))[:_MOST])
    )


def _article(fields: Fields) -> str:
    price = f" ({fields.text('item_price')} {fields.text('currency')})" if fields.text("item_price") else ""
    return f"{fields.text('quantity') or 1} × {fields.text('product_retailer_id')}{price}"


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))
