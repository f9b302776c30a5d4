"""Long texts are parted at sentences, and nothing but white space is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity.handles import Provider
from chalicelib.rules.messages.splitting import LONGEST, parts


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(st.sampled_from(Provider), st.text(st.sampled_from("ab .!\n💡ä"), max_size=4000))
def test_each_part_fits_and_nothing_but_white_space_is_lost(provider: Provider, text: str) -> None:
    found = parts(text, provider)
    assert all(0 < units(part) <= LONGEST[provider] for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_text_that_fits_is_one_message() -> None:
    assert parts("ä" * 1000, Provider.INSTAGRAM) == ("ä" * 1000,)
    assert parts("  ", Provider.SMS) == ()


def test_it_is_parted_after_the_last_sentence_that_fits() -> None:
    sentence = "It has left our house this morning. "
    found = parts(sentence * 40, Provider.INSTAGRAM)
    assert all(part.endswith("morning.") for part in found)
    assert len(found) == 2


def test_a_paragraph_that_fills_half_a_message_is_a_better_end() -> None:
    first = ("One sentence. " * 50).strip()
    found = parts(f"{first}\n\n{first}", Provider.INSTAGRAM)
    assert found == (first, first)


@pytest.mark.parametrize(("sign", "least"), [("x", 1000), ("💡", 500)])
def test_a_word_longer_than_a_message_is_cut(sign: str, least: int) -> None:
    assert [len(part) for part in parts(sign * (least + 3), Provider.INSTAGRAM)] == [least, 3]
