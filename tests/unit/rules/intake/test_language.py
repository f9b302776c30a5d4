"""Which of a shop's languages a text is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.intake.language import language_of

GERMAN = "Guten Tag, die Lampe ist leider nicht angekommen. Können Sie mir bitte sagen, wo sie ist?"
ENGLISH = "Hello, the lamp has not arrived. Can you please tell me where it is?"


@pytest.mark.parametrize(("text", "language"), [(GERMAN, "de"), (ENGLISH, "en")])
@pytest.mark.parametrize("languages", [("en", "de"), ("de", "en")])
def test_a_letters_language_is_seen_whichever_is_the_shops_first(
    text: str, language: str, languages: tuple[str, ...]
) -> None:
    assert language_of(text, languages) == language


@pytest.mark.parametrize("text", ["", "NL-2041", "Danke", "???", "Merci beaucoup"])
def test_what_does_not_tell_is_in_the_shops_first(text: str) -> None:
    assert language_of(text, ("en", "de")) == "en"
    assert language_of(text, ("de", "en")) == "de"


def test_a_language_without_words_of_ours_is_never_guessed() -> None:
    assert language_of(ENGLISH, ("fi", "en")) == "en"
    assert language_of(GERMAN, ("fi",)) == "fi"


@given(st.text())
def test_any_text_is_in_one_of_them(text: str) -> None:
    assert language_of(text, ("en", "de")) in ("en", "de")
