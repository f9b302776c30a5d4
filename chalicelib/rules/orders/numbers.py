"""An order's number in one form, wherever it comes from: a shop's system, a form, a mail."""

LONGEST = 60


def normal(text: str) -> str:
    """The number without what shops write before it and people leave out: "#1001" is "1001"."""
    return " ".join(text.split()).lstrip("#").strip()[:LONGEST]
