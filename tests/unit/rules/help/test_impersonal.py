"""What was about one customer is taken out of an answer, whatever they are called and wherever it stands."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.help.impersonal import GAP, impersonal
from chalicelib.rules.help.words import folded, words

KNOWN = frozenset(
    words("Please press the reset button below your lamp. We send a new bulb to you. Kind regards Thank It The", "en")
)
SENTENCES = ("Please press the reset button below your lamp.", "We send a new bulb to you, {}.", "{} gets a new lamp.")
LETTERS = st.characters(categories=("Lu", "Ll", "Lo"))
PART = st.text(LETTERS, min_size=2, max_size=12).map(lambda text: unicodedata.normalize("NFC", text))
NAME = st.builds("{}{}{}".format, PART, st.sampled_from([" ", "-", "'", " von "]), PART)
NUMBER = st.integers(10, 10**12)


def said(text: str, *personal: str) -> str:
    return impersonal(text, personal, KNOWN.__contains__, "en")


def words_in(text: str) -> set[str]:
    return set(words(text, "en"))


@given(NAME, st.sampled_from(SENTENCES), st.sampled_from(SENTENCES))
def test_no_word_of_a_name_stays(name: str, first: str, second: str) -> None:
    left = words_in(said(f"{first.format(name)} {second.format(name)}", name))
    theirs = {word for word in words_in(name) if len(word) > 1} - KNOWN
    assert not theirs & left


@given(st.emails(), NUMBER, st.sampled_from(["+49 30 {}", "NL-{}", "#{}", "{}/A", "tel. {}"]))
def test_no_address_and_no_number_stays(address: str, number: int, form: str) -> None:
    left = said(f"We send it to {address}. Your order {form.format(number)} is on its way.")
    assert "@" not in left
    assert not any(letter.isdigit() for letter in left)


@given(PART)
def test_a_capitalised_word_that_is_not_the_shops_stays_out(name: str) -> None:
    name = name[:1].upper() + name[1:]
    if name[0].islower() or folded(name, "en") in KNOWN:
        return
    assert name not in words_in_as_written(said(f"Please send the lamp to {name} today."))


def words_in_as_written(text: str) -> set[str]:
    return set(text.replace(".", " ").split())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dear Mrs Kowalski,\n\nPlease press the reset button.", "Please press the reset button."),
        ("Hello Jo,\nWe send a new bulb to 12 Baker Street.", f"We send a new bulb to {GAP}."),
        ("We send it to Mr. black.", f"We send it to {GAP}"),
        ("Please press the button.", "Please press the button."),
        ("Anna Maria Kowalski, 10115 Berlin", GAP),
    ],
)
def test_the_rest_stays(text: str, left: str) -> None:
    assert said(text, "Jo Kowalski") == left


def test_a_small_word_of_the_shop_stays_although_somebody_has_it_as_a_name() -> None:
    assert said("Please press the button below.", "Jo Below") == "Please press the button below."
    assert said("Below gets a new lamp.", "Jo Below") == f"{GAP} gets a new lamp."


@given(st.text(max_size=300), st.lists(st.text(max_size=20), max_size=3))
def test_any_text_is_taken(text: str, personal: list[str]) -> None:
    once = impersonal(text, personal, KNOWN.__contains__, "de")
    assert not any(letter.isdecimal() for letter in once)
