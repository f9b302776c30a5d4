"""An order's number in one form, wherever it comes from: a shop's system, a form, a mail."""

LONGEST = 60


def normal(text: str) -> str:
    """The number without what shops write before it and people leave out: "#1001" is "1001"."""
    return " ".join(text.split()).lstrip("#").strip()[:LONGEST]


def key(text: str) -> str:
    """What all spellings of one number share: "# ab 1001" and "AB1001" are one order's."""
    return "".join(normal(text).split()).upper()
