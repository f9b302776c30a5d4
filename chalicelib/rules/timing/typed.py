"""Days as people type them, or as a link carries them."""

from datetime import date

_YEARS = range(2000, 3000)


def day(text: str) -> date:
    """The day, written as year-month-day. Raises ValueError for what is none, and for one that is a typing mistake:
    calculating with it could leave the calendar."""
    found = date.fromisoformat(text)
    if found.year not in _YEARS:
        raise ValueError(text)
    return found
