"""Words sealed into URLs: only we can read them, for one purpose, and the same words give the same seal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity.keys import Use, with_newest_present, with_version
from chalicelib.web.desk.sealing import seal, unseal
from tests.support.store.fakes import SECRET, secret_of

ADA = "ada@northlight.example"


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_sealed_words_are_unreadable_and_are_unsealed_unchanged(words: str) -> None:
    sealed = seal(SECRET, Use.SEARCHES, ADA, words)
    assert unseal(SECRET, Use.SEARCHES, ADA, sealed) == words
    assert seal(SECRET, Use.SEARCHES, ADA, words) == sealed
    assert len(words) < 4 or words not in sealed


@pytest.mark.parametrize("place", [0, 5, 20, 30, -2])
def test_an_altered_or_foreign_seal_gives_an_empty_text(place: int) -> None:
    sealed = seal(SECRET, Use.SEARCHES, ADA, "mira.holm@example.com")
    other = "B" if sealed[place] == "A" else "A"
    assert unseal(SECRET, Use.SEARCHES, ADA, sealed[:place] + other + sealed[place:][1:]) == ""
    assert unseal(SECRET, Use.LINKS, ADA, sealed) == ""
    assert unseal(SECRET, Use.SEARCHES, "robin@kettle.example", sealed) == ""
    assert unseal(secret_of("x" * 64), Use.SEARCHES, ADA, sealed) == ""
    assert unseal(SECRET, Use.SEARCHES, ADA, sealed[:22]) == ""


def test_a_seal_is_read_after_a_rotation() -> None:
    sealed = seal(SECRET, Use.SEARCHES, ADA, "shade")
    later = with_newest_present(with_version(SECRET, "y" * 64))
    assert unseal(later, Use.SEARCHES, ADA, sealed) == "shade"
    assert seal(later, Use.SEARCHES, ADA, "shade") != sealed
