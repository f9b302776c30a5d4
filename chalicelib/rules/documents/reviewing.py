"""Which policy documents somebody should read again: a legal adviser examines each text, and once a year again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.rules.documents.published import DOCUMENTS, Version, in_force, of

REVIEW_EVERY = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """A text without a review, or with one that is older than a year (`reviewed_on`)."""

    version: Version
    language: str
    reviewed_on: date | None


def sentence(found: Unreviewed, shop: str) -> str:
    """What is wrong, for those who run the shop; `shop`: its name."""
    version = found.version
    what = f"{shop}: {version.document} ({found.language}), version {version.version}"
    if found.reviewed_on is None:
        return f"{what}: nobody has reviewed it."
    return f"{what}: last reviewed on {found.reviewed_on}, more than a year ago."


def unreviewed(versions: Sequence[Version], today: date) -> Iterator[Unreviewed]:
    """The texts to review among the versions that are in force today or will be."""
    for document in DOCUMENTS:
        current = in_force(versions, document, today)
        for version in of(versions, document):
            if version != current and version.in_force <= today:
                continue
            for language, edition in version.editions.items():
                review = edition.reviewed
                if review is None or today - review.on > REVIEW_EVERY:
                    yield Unreviewed(version, language, review.on if review else None)
