"""Reading feedback, and cutting out of it what could say who wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.feedback import said
from chalicelib.rules.feedback.masking import masked
from chalicelib.rules.feedback.said import Felt, Managed
from chalicelib.rules.intake.submission import LONGEST
from tests.support import shops

SHOP = shops.policy().shop("northlight")
WHOLE = {"managed": "no", "felt": "bad"}


def codes(**fields: str) -> dict[str, str]:
    with pytest.raises(InvalidFields) as wrong:
        said.read(WHOLE | fields, SHOP)
    return dict(wrong.value.codes)


class TestReading:
    def test_two_answers_are_enough(self) -> None:
        feedback = said.read(WHOLE, SHOP)
        assert (feedback.managed, feedback.felt) == (Managed.NO, Felt.BAD)
        assert (feedback.email, feedback.barrier, feedback.language) == ("", False, "en")

    @pytest.mark.parametrize("field", ["managed", "felt"])
    def test_each_of_the_two_is_asked_for(self, field: str) -> None:
        assert codes(**{field: ""}) == {field: "missing"}
        assert codes(**{field: "5"}) == {field: "unknown"}

    @pytest.mark.parametrize("field", ["wanted", "feedback_text"])
    def test_words_have_a_limit(self, field: str) -> None:
        assert said.read(WHOLE | {field: "x" * LONGEST[field]}, SHOP)
        assert codes(**{field: "x" * (LONGEST[field] + 1)}) == {field: "too_long"}

    def test_an_address_is_one_or_none(self) -> None:
        assert codes(email="mira at example") == {"email": "not_an_address"}

    @pytest.mark.parametrize(
        ("path", "kept"),
        [
            ("/checkout/pay?order=1001#top", "/checkout/pay"),
            ("/account/mira@example.com/orders", "/account"),
            ("/orders/1001/return", "/orders"),
            ("https://evil.example/x", ""),
            ("javascript:alert(1)", ""),
            ("//evil.example/x", ""),
            ("/", ""),
            ("", ""),
            ("/a/b/c/d/e/f", "/a/b/c/d"),
        ],
    )
    def test_a_page_is_kept_as_far_as_it_names_nobody(self, path: str, kept: str) -> None:
        assert said.page_of(path) == kept

    @given(st.dictionaries(st.sampled_from(said.FIELDS), st.text(max_size=400)))
    def test_whatever_is_sent_is_read_or_refused(self, fields: dict[str, str]) -> None:
        try:
            feedback = said.read(fields, SHOP)
        except InvalidFields as wrong:
            assert set(wrong.codes) <= set(said.FIELDS)
        else:
            assert len(feedback.page) <= 4 * 41


class TestMasking:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("I am Anna Petrova and could not pay", "I am […] and could not pay"),
            (
                "Ich konnte nicht bezahlen. Anna von Petrova, Lichtweg 7, 10115 Berlin",
                "Ich konnte nicht bezahlen. […],",
            ),
            ("write to mira@example.com or call +49 30 23125 014", "write to or call"),
            ("Where is order 4711, lost?", "Where is , lost?"),
            ("The Checkout did nothing", "The Checkout did nothing"),
            ("Die Bezahlung ging nicht", "Die Bezahlung ging nicht"),
        ],
    )
    def test_what_names_somebody_is_cut(self, text: str, left: str) -> None:
        assert masked(text) == left

    @given(
        st.sampled_from(["Anna Petrova", "Jörg Müller-Lüdenscheidt", "Seán O’Casey", "Łukasz Żak", "Émile van Zola"]),
        st.text(st.characters(codec="ascii", categories=("Ll", "Zs")), max_size=60),
        st.text(st.characters(codec="ascii", categories=("Ll", "Zs")), max_size=60),
    )
    def test_a_first_and_last_name_never_stay_together(self, name: str, before: str, after: str) -> None:
        left = masked(f"{before} {name} {after}")
        assert name not in left
        assert name.split()[-1] not in left
