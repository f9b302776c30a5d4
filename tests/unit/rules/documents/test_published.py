"""Versions of documents: which is in force, and what makes two texts the same."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.documents import published, reviewing
from chalicelib.rules.documents.published import Edition, Review, Version, canonical, digest

FIRST, SECOND, THIRD = date(2026, 2, 1), date(2026, 11, 1), date(2026, 12, 1)
REVIEW = Review("Dr. Maja Brandt", date(2026, 1, 20))


def version(day: date, document: str = "terms", review: Review | None = REVIEW) -> Version:
    return Version(document, day, day, None, {"en": Edition("Terms", "0" * 64, review)})


VERSIONS = (version(FIRST), version(SECOND), version(THIRD), version(SECOND, "returns"))


class TestInForce:
    @pytest.mark.parametrize(
        ("today", "expected"),
        [
            (date(2026, 1, 31), None),
            (FIRST, FIRST),
            (date(2026, 10, 31), FIRST),
            (SECOND, SECOND),
            (date(2026, 11, 30), SECOND),
            (THIRD, THIRD),
        ],
    )
    def test_it_is_the_newest_whose_day_has_come(self, today: date, expected: date | None) -> None:
        found = published.in_force(VERSIONS, "terms", today)
        assert (found.version if found else None) == expected

    def test_a_document_without_versions_has_none(self) -> None:
        assert published.in_force(VERSIONS, "privacy", THIRD) is None

    def test_before_a_version_is_the_next_older_one_of_the_same_document(self) -> None:
        assert published.before(VERSIONS, VERSIONS[2]) == VERSIONS[1]
        assert published.before(VERSIONS, VERSIONS[0]) is None
        assert published.before(VERSIONS, VERSIONS[3]) is None


class TestCanonical:
    TEXT = "# Terms\n\nWe deliver.\n- One\n"

    @pytest.mark.parametrize(
        "copy",
        [
            TEXT.replace("\n", "\r\n"),
            TEXT.replace("\n", "\r"),
            TEXT.replace("\n", "  \n"),
            "\ufeff" + TEXT,
            "\n\n" + TEXT + "\n\n",
            TEXT.rstrip("\n"),
        ],
    )
    def test_a_copy_by_mail_or_editor_is_the_same_text(self, copy: str) -> None:
        assert digest(copy) == digest(self.TEXT)

    @pytest.mark.parametrize("other", [TEXT.replace("We", "we"), TEXT.replace("\n\n", "\n"), " " + TEXT])
    def test_another_text_is_another(self, other: str) -> None:
        assert digest(other) != digest(self.TEXT)

    @given(st.text())
    def test_the_canonical_form_of_a_canonical_text_is_itself(self, text: str) -> None:
        assert canonical(canonical(text)) == canonical(text)


def test_what_is_written_is_read() -> None:
    later = Version(
        "privacy", SECOND, THIRD, FIRST, {"en": Edition("A", "1" * 64), "de": Edition("Ä", "2" * 64, REVIEW)}
    )
    assert published.read(published.written([*VERSIONS, later])) == (*VERSIONS, later)


def test_a_language_without_an_edition_gets_the_first() -> None:
    assert (VERSIONS[0].language("en"), VERSIONS[0].language("de")) == ("en", "en")


class TestReviews:
    TODAY = date(2026, 11, 25)

    def found(self, *versions: Version) -> list[tuple[date, date | None]]:
        return [(each.version.version, each.reviewed_on) for each in reviewing.unreviewed(versions, self.TODAY)]

    def test_a_text_that_nobody_reviewed_is_found(self) -> None:
        assert self.found(version(SECOND, review=None)) == [(SECOND, None)]

    def test_a_review_lasts_a_year(self) -> None:
        on = self.TODAY - reviewing.REVIEW_EVERY
        old = on - timedelta(days=1)
        assert self.found(version(SECOND, review=Review("A", on))) == []
        assert self.found(version(SECOND, review=Review("A", old))) == [(SECOND, old)]

    def test_a_version_to_come_counts_and_an_earlier_one_does_not(self) -> None:
        every = [version(day, review=None) for day in (FIRST, SECOND, THIRD)]
        assert [day for day, _ in self.found(*every)] == [SECOND, THIRD]

    def test_the_sentence_names_shop_document_and_version(self) -> None:
        (never,) = reviewing.unreviewed([version(SECOND, review=None)], self.TODAY)
        assert reviewing.sentence(never, "Kettle & Co") == (
            "Kettle & Co: terms (en), version 2026-11-01: nobody has reviewed it."
        )
        old = reviewing.Unreviewed(never.version, "en", FIRST)
        assert reviewing.sentence(old, "Kettle & Co").endswith("last reviewed on 2026-02-01, more than a year ago.")
