"""The words by which tickets are found: a search finds a word in every way of writing it."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.privacy.search_terms import LIMIT, asked, number_words, own_words, words, words_of
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, reason_detail
from chalicelib.rules.tickets.messages import Person
from chalicelib.rules.tickets.procedure_facts import Rating
from chalicelib.rules.tickets.ticket import LogEntry
from tests.support import samples
from tests.support.store.fakes import START

RATING = Rating(1, "Thoroughly unhelpful", START)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The shade is CRACKED!", ("shade", "cracked")),
        ("Straße, STRASSE", ("strasse",)),
        ("İstanbul'da", ("i̇stanbul",)),
        ("naïve naïve", ("naïve",)),
        ("ｆｕｌｌ ﬁne", ("full", "fine")),
        ("Glas\u00adschirm", ("glasschirm",)),
        ("zero\u200bwidth", ("zero", "width")),
        ("a 7 of 12", ("7", "12")),
        ("\u0660\u0661\u0662 \u00bd", ("\u0660\u0661\u0662", "1", "2")),
        ("NL-2026-204117", ("nl2026204117", "2026", "204117")),
        ("well-known", ("well", "known")),
        ("v1.2/rc_3.", ("v12rc3", "2", "3")),
        ("日本語の注文", ("日本", "本語", "語の", "の注", "注文")),
        ("注", ("注",)),
        ("x" * 60, ("x" * 40,)),
        ("", ()),
        ("the and und der", ()),
        ("… — ?!", ()),
    ],
)
def test_words_are_folded(text: str, found: tuple[str, ...]) -> None:
    assert words(text) == found


def test_a_text_gives_a_limited_number_of_words() -> None:
    assert len(words(" ".join(f"word{n}" for n in range(LIMIT + 50)))) == LIMIT
    assert words("lamp shade lamp screw", limit=2) == ("lamp", "shade")


@pytest.mark.parametrize("written", ["NL-2026-204117", "nl2026204117", "NL/2026/204117", "Nl.2026_204117"])
def test_an_order_number_is_found_with_any_separators(written: str) -> None:
    assert asked(written) == ("nl2026204117",)
    assert set(asked(written)) <= set(words("My order NL-2026-204117."))
    assert set(asked(written)) <= set(number_words("NL-2026-204117"))


def test_even_an_order_number_of_a_single_letter_is_found() -> None:
    assert number_words("A1") == ("a1",)
    assert "7" in number_words(" 7 ")
    assert "ab12" in number_words("ab 12")
    assert number_words(" - ") == ()


def test_a_search_uses_eight_words_at_most() -> None:
    assert len(asked(" ".join(f"word{n}" for n in range(20)))) == 8


@given(st.text(max_size=80))
def test_every_word_copied_from_a_text_finds_it(text: str) -> None:
    assert set(asked(text)) <= set(words(text))


@given(st.text(max_size=80), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_case_and_unicode_composition_do_not_change_a_word(text: str, form: str) -> None:
    assert words(unicodedata.normalize(form, text)) == words(text)  # type: ignore[arg-type]
    assert words(text.casefold()) == words(text)


@given(st.text(max_size=200))
def test_words_are_short_and_without_spaces(text: str) -> None:
    for word in words(text):
        assert 0 < len(word) <= 40
        assert not any(sign.isspace() for sign in word)


def test_a_tickets_words_come_from_its_numbers_subject_names_and_first_message() -> None:
    ticket = samples.ticket(subject="Broken lamp", text="The glass cracked.", person=Person("Mira Holm", "m@x.example"))
    assert own_words(ticket)[0] == "nl2026204117"
    assert {"broken", "lamp", "glass", "cracked", "mira", "holm"} <= set(own_words(ticket))
    assert "example" not in own_words(ticket)


def test_a_ratings_words_are_indexed_after_a_long_first_message() -> None:
    ticket = replace(samples.ticket(text=" ".join(f"word{number}" for number in range(400))), rating=RATING)
    assert {"thoroughly", "unhelpful"} <= set(own_words(ticket)) <= words_of(ticket, [])


def test_deletion_knows_every_word_the_ticket_was_ever_indexed_under() -> None:
    ticket = samples.ticket(order_number="NEW-2")
    said = samples.message_of(samples.reply(ticket, text="A photograph follows"))
    log = (
        LogEntry(START, "ada@x.example", Action.CHANGED, (Detail(DetailCode.ORDER_NUMBER, "NEW-2", "OLD-1"),)),
        LogEntry(START, "ada@x.example", Action.CLOSED, (reason_detail("order_number=no-3→no-4"),)),
    )
    every = words_of(ticket, [said], log)
    assert {"new2", "old1", "photograph", "follows"} <= every
    assert "no3" not in every
    assert words_of(replace(ticket, order_number=None), []) < every
