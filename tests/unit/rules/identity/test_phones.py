"""Phone numbers: dialled as meant, and found however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity import phones

BERLIN = ["030 901820", "030/901820", "(030) 90 18 20", "030-9018-20", "+49 30 901820", "0049 30 901820",
          "+49 (0)30 901820", "+49 (0) 30/901820", "０３０　９０１８２０", "٠٣٠ ٩٠١٨٢٠", "+49‑30‑901820"]  # fmt: skip


@pytest.mark.parametrize("kept", BERLIN)
@pytest.mark.parametrize("asked", BERLIN)
def test_one_number_is_found_however_either_is_written(kept: str, asked: str) -> None:
    assert phones.asked(asked) in phones.words(kept)


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("030 901820", "030901820"),
        ("+49 (0)30 901820", "+4930901820"),
        ("0049 30 901820", "+4930901820"),
        ("tel:+49-30-901820", "+4930901820"),
        ("030 901820-12", "03090182012"),
        ("0171 5550199, after six", "01715550199"),
        ("+1 (800) 555-0123", "+18005550123"),
        ("+353 1 555 0123", "+35315550123"),
    ],
)
def test_it_is_dialled_as_meant(written: str, dialled: str) -> None:
    assert phones.numbers(written) == (dialled,)


def test_two_numbers_are_two() -> None:
    assert phones.numbers("030 901820, 0171 5550199") == ("030901820", "01715550199")
    assert phones.numbers("030 901820 / 0171 5550199") == ("030901820", "01715550199")
    assert phones.numbers("030 901820 or +49 171 5550199") == ("030901820", "+491715550199")


@pytest.mark.parametrize("text", ["", "call me", "0800 FLOWERS", "ext 12", "030 1", "+", "++", "1" * 40, "00000"])
def test_what_is_no_number_is_neither_dialled_nor_found(text: str) -> None:
    assert phones.numbers(text) == ()
    assert phones.words(text) == ()


@pytest.mark.parametrize("query", ["lamp", "NL-2026-204117", "crack 030901820", "12", "mira@example.com"])
def test_what_is_more_than_a_number_is_not_asked_for_as_one(query: str) -> None:
    assert phones.asked(query) == ""


@pytest.mark.parametrize(
    ("with_code", "without"), [("+49 30 901820", "49 30 901820"), ("+1 800 5550123", "1-800-555-0123")]
)
def test_the_code_is_also_found_without_its_sign(with_code: str, without: str) -> None:
    assert phones.asked(without) in phones.words(with_code)


@given(st.text(max_size=60))
def test_nothing_typed_is_a_fault_and_little_comes_of_it(text: str) -> None:
    assert len(phones.words(text)) <= 40
    assert all(number.lstrip("+").isdecimal() and number.isascii() for number in phones.numbers(text))
    assert all(word.startswith("+") for word in (*phones.words(text), phones.asked(text)) if word)
