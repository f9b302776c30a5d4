"""Words sealed into addresses: read by us alone, for one purpose, and the same each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.sealing import seal, unseal

SECRET = b"a secret of sixty-four characters, as the stack would generate it"


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_what_was_sealed_comes_back_and_can_not_be_read_before(words: str) -> None:
    sealed = seal(SECRET, "search", words)
    assert unseal(SECRET, "search", sealed) == words
    assert seal(SECRET, "search", words) == sealed
    assert len(words) < 4 or words not in sealed


@pytest.mark.parametrize("place", [0, 5, 20, 30, -1])
def test_what_was_changed_or_is_anothers_is_nothing(place: int) -> None:
    sealed = seal(SECRET, "search", "mira.holm@example.com")
    other = "B" if sealed[place] == "A" else "A"
    assert unseal(SECRET, "search", sealed[:place] + other + sealed[place:][1:]) == ""
    assert unseal(SECRET, "another", sealed) == ""
    assert unseal(SECRET + b"x", "search", sealed) == ""
    assert unseal(SECRET, "search", sealed[:21]) == ""
