"""The language of a text is chosen from the shop's languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.intake.language import language_of

GERMAN = "Guten Tag, die Lampe ist leider nicht angekommen. Können Sie mir bitte sagen, wo sie ist?"
ENGLISH = "Hello, the lamp has not arrived. Can you please tell me where it is?"


@pytest.mark.parametrize(("text", "language"), [(GERMAN, "de"), (ENGLISH, "en")])
@pytest.mark.parametrize("languages", [("en", "de"), ("de", "en")])
def test_the_language_is_recognised_whichever_comes_first_in_the_policy(
    text: str, language: str, languages: tuple[str, ...]
) -> None:
    assert language_of(text, languages) == language


@pytest.mark.parametrize("text", ["", "NL-2041", "Danke", "???", "Merci beaucoup"])
def test_an_unclear_text_is_in_the_shops_first_language(text: str) -> None:
    assert language_of(text, ("en", "de")) == "en"
    assert language_of(text, ("de", "en")) == "de"


def test_a_language_without_a_word_list_is_never_guessed() -> None:
    assert language_of(ENGLISH, ("fi", "en")) == "en"
    assert language_of(GERMAN, ("fi",)) == "fi"


@given(st.text())
def test_any_text_gets_one_of_the_shops_languages(text: str) -> None:
    assert language_of(text, ("en", "de")) in ("en", "de")
