"""Which text a customer accepted, and how we know."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class How(StrEnum):
    """How terms were accepted."""

    CHECKBOX = "checkbox"  # the box was ticked, and the form named the version that it showed
    IN_FORCE = "in_force"  # the box was ticked; the form named no version, so this is the one in force at that moment


@dataclass(frozen=True, slots=True)
class AcceptedTerms:
    """The terms that a form asked to accept, and that were accepted at a moment.

    `document` is the id of our document, or the address of the shop's own terms: then
    `day`, `language` and `sha256` are empty, because we do not know that text.
    """

    document: str
    at: datetime
    how: How
    day: date | None = None
    """The day that names the version."""
    language: str = ""
    sha256: str = ""
    """Of the accepted text (rules.documents.published)."""
