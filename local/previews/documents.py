"""Sample policy documents, which need no published ones."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup

from chalicelib.rules.documents.accepted import AcceptedTerms, How
from chalicelib.rules.documents.differences import differences
from chalicelib.rules.documents.published import Edition, Review, Version
from chalicelib.rules.documents.reviewing import Unreviewed
from chalicelib.rules.policy.model import Shop
from chalicelib.services.documents.reading import DocumentView

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
BEFORE = "# Terms\n\nWe deliver to Germany.\n\n- You pay by card.\n"
TEXT = "# Terms\n\nWe deliver to Germany and Austria.\n\n- You pay by invoice.\n- Prices include tax.\n"
HTML = "<h1>Terms</h1>\n<p>We deliver to Germany and Austria.</p>\n"


def samples(shop: Shop, language: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The pages of documents: of the version in force, of one before, of one to come; the list, with and without."""
    first, second, third = (_version(shop, date(2026, month, 1)) for month in (2, 11, 12))
    yield "document", "document", {"shop": shop, "view": _view(second, second, language, (first, third))}
    yield "document-earlier", "document", {"shop": shop, "view": _view(first, second, language, (third, second))}
    yield "document-later", "document", {"shop": shop, "view": _view(third, second, language, (second, first))}
    yield "policies", "policies", {"shop": shop, "documents": (second,)}
    yield "policies-none", "policies", {"shop": shop, "documents": ()}


def accepted(shop: Shop) -> Iterator[AcceptedTerms]:
    """Terms that were accepted: in the version that the form showed, without it, and at the shop's own page."""
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    for how in How:
        yield AcceptedTerms("terms", at, how, date(2026, 11, 1), shop.languages[0], DIGEST)
    yield AcceptedTerms(f"{shop.url}/terms", at, How.CHECKBOX)


def to_review(shop: Shop) -> list[Unreviewed]:
    """A text that nobody has reviewed, and one whose review is old."""
    version = _version(shop, date(2026, 11, 1))
    return [Unreviewed(version, shop.languages[0], reviewed_on) for reviewed_on in (None, date(2025, 10, 3))]


def _view(version: Version, current: Version, language: str, others: tuple[Version, ...]) -> DocumentView:
    before = min(others, key=lambda each: each.version)
    return DocumentView(
        version=version,
        language=language,
        text=TEXT,
        html=Markup(HTML),
        current=current,
        replaced=before if before.version < version.version else None,
        changes=differences(BEFORE, TEXT),
        others=others,
    )


def _version(shop: Shop, day: date) -> Version:
    edition = Edition("Terms", DIGEST, Review("Dr. Maja Brandt", date(2026, 10, 20)))
    return Version("terms", day, day, None, dict.fromkeys(shop.languages, edition))
