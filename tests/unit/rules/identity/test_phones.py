"""Phone numbers are dialled as the customer meant them, and found in every way of writing them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity import phones

BERLIN = ["030 901820", "030/901820", "(030) 90 18 20", "030-9018-20", "+49 30 901820", "0049 30 901820",
          "+49 (0)30 901820", "+49 (0) 30/901820", "０３０　９０１８２０", "٠٣٠ ٩٠١٨٢٠", "+49‑30‑901820"]  # fmt: skip


@pytest.mark.parametrize("kept", BERLIN)
@pytest.mark.parametrize("asked", BERLIN)
def test_a_number_is_found_in_every_way_of_writing_it(kept: str, asked: str) -> None:
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
def test_a_number_is_dialled_as_the_customer_meant_it(written: str, dialled: str) -> None:
    assert phones.numbers(written) == (dialled,)


def test_different_numbers_do_not_find_each_other() -> None:
    assert phones.numbers("030 901820, 0171 5550199") == ("030901820", "01715550199")
    assert phones.numbers("030 901820 / 0171 5550199") == ("030901820", "01715550199")
    assert phones.numbers("030 901820 or +49 171 5550199") == ("030901820", "+491715550199")


@pytest.mark.parametrize("text", ["", "call me", "0800 FLOWERS", "ext 12", "030 1", "+", "++", "1" * 40, "00000"])
def test_text_without_a_number_is_neither_dialled_nor_found(text: str) -> None:
    assert phones.numbers(text) == ()
    assert phones.words(text) == ()


@pytest.mark.parametrize("query", ["lamp", "NL-2026-204117", "crack 030901820", "12", "mira@example.com"])
def test_a_query_with_more_than_a_number_is_no_number_search(query: str) -> None:
    assert phones.asked(query) == ""


@pytest.mark.parametrize(
    ("with_code", "without"), [("+49 30 901820", "49 30 901820"), ("+1 800 5550123", "1-800-555-0123")]
)
def test_a_country_code_is_also_found_without_its_plus_sign(with_code: str, without: str) -> None:
    assert phones.asked(without) in phones.words(with_code)


@given(st.text(max_size=60))
def test_any_text_gives_few_and_clean_numbers(text: str) -> None:
    assert len(phones.words(text)) <= 40
    assert all(number.lstrip("+").isdecimal() and number.isascii() for number in phones.numbers(text))
    assert all(word.startswith("+") for word in (*phones.words(text), phones.asked(text)) if word)
