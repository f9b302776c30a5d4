"""Heat in words: which signs are found, in which words, and that calm words have none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rendering import heated, words
from chalicelib.rules.procedure.answers.heat import AGAIN, LISTED, READ, Reason, Sign, heat, unanswered
from chalicelib.rules.tickets.messages import Author, Message, Person, Surface, Visibility
from chalicelib.services.tickets.answers.second_reading import heat_of
from tests.support import samples
from tests.support.store.fakes import START

LISTS = {language: heated.lists(language) for language in heated.languages()}
VOCABULARY = {sign: tuple(word for each in LISTS.values() for word in each[sign]) for sign in LISTED}
CALM = (
    samples.WORDS,
    "Can you tell me whether the lamp LED-X200 fits a GU10 bulb? Thank you!",
    "Ich bin Rechtsanwalt und suche eine Lampe für die Kanzlei. Haben Sie einen Stern aus Papier? Vielen Dank!",
    "Is this mail from you, or is it a scam? My order is NL-2026-1.",
    "Können Sie mir das Geld bitte zurückbuchen? Die Saftpresse ist schön, der Pressestift fehlt.",
    "The order is NL-2026-7, my IBAN DE12 3456. Does the LED lamp have USB and HDMI, and is it made in the EU?",
    "",
)


def signs(*texts: str) -> list[Sign]:
    return [reason.sign for reason in heat(texts, VOCABULARY).reasons]


def said(minute: int, author: Author = Author.CUSTOMER, **changes: Any) -> Message:
    at = START + timedelta(minutes=minute)
    message = Message(f"m{minute}", samples.REF, at, author, Person("", ""), Surface.PAGE, f"Words {minute}.")
    return replace(message, **changes)


def test_every_language_has_every_list() -> None:
    assert heated.languages() == words.languages()
    assert all(set(lists) == set(LISTED) for lists in LISTS.values())


@pytest.mark.parametrize("text", CALM)
def test_calm_words_have_no_sign(text: str) -> None:
    assert signs(text) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("You are IDIOTS and I want my lamp", Reason(Sign.INSULT, "IDIOTS")),
        ("So eine Frechheit, ihr Betrüger.", Reason(Sign.INSULT, "Frechheit")),
        ("My   lawyer will write to you.", Reason(Sign.LAWYER, "My lawyer")),
        ("Sonst leite ich rechtliche\nSchritte ein.", Reason(Sign.LAWYER, "rechtliche Schritte")),
        ("I will leave bad reviews.", Reason(Sign.PUBLIC, "bad reviews")),
        ("Dann gehe ich an die Presse", Reason(Sign.PUBLIC, "an die Presse")),
        ("I start a chargeback tomorrow.", Reason(Sign.CHARGEBACK, "chargeback")),
        ("Ich lasse das Geld zurückholen.", Reason(Sign.CHARGEBACK, "lasse das Geld zurückholen")),
    ],
)
def test_insults_and_threats_alone_are_heat(text: str, reason: Reason) -> None:
    found = heat([text], VOCABULARY)
    assert found.reasons == (reason,)
    assert found.hot


def test_tone_alone_is_heat_only_together() -> None:
    assert signs("WHERE IS MY LAMP") == [Sign.CAPITALS]
    assert not heat(["WHERE IS MY LAMP"], VOCABULARY).hot
    assert signs("WHERE IS MY LAMP!!") == [Sign.CAPITALS, Sign.MARKS]
    assert heat(["WHERE IS MY LAMP!!"], VOCABULARY).hot


def test_writing_again_and_again_is_a_sign() -> None:
    assert signs(*["Hello?"] * (AGAIN - 1)) == []
    assert signs(*["Hello?"] * AGAIN) == [Sign.AGAIN]
    assert heat([*["Hello?"] * AGAIN, "Hello!!"], VOCABULARY).hot


@pytest.mark.parametrize(
    ("language", "sign", "word"),
    [(language, sign, word) for language, lists in LISTS.items() for sign in LISTED for word in lists[sign]],
)
def test_every_word_of_the_lists_is_found_however_it_is_written(language: str, sign: Sign, word: str) -> None:
    assert word == word.lower().strip()
    assert "*" not in word.removesuffix("*")
    plain = word.removesuffix("*")
    for written in (plain, plain.title(), f"({plain})", f"“{plain.capitalize()}”."):
        found = heat([f"Well, {written} so."], {sign: (word,)})
        assert [reason.sign for reason in found.reasons] == [sign]
    assert not heat([f"Well, pre{plain.replace(' ', '')}zz so."], {sign: (word,)}).reasons


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_words_can_be_read_and_only_the_first_count(text: str, more: str) -> None:
    found = heat([text], VOCABULARY)
    assert len({reason.sign for reason in found.reasons}) == len(found.reasons)
    assert heat([text.ljust(READ)[:READ] + more], VOCABULARY) == heat([text.ljust(READ)[:READ]], VOCABULARY)


class TestUnanswered:
    def test_only_what_came_after_the_last_answer_counts(self) -> None:
        opening = samples.ticket().opening
        messages = [said(1), said(2, Author.AGENT), said(3), said(4, Author.OTHER), said(5)]
        assert [message.id for message in unanswered(opening, messages)] == ["m3", "m5"]

    @pytest.mark.parametrize("visibility", [Visibility.INTERNAL, Visibility.HELD])
    def test_notes_and_answers_that_have_not_left_are_none(self, visibility: Visibility) -> None:
        opening = samples.ticket().opening
        messages = [said(1), said(2, Author.AGENT, visibility=visibility)]
        assert unanswered(opening, messages) == [opening, messages[0]]

    def test_what_programs_wrote_is_left_out(self) -> None:
        opening = samples.ticket().opening
        assert unanswered(opening, [said(1, automatic=(samples.AUTOMATIC,))]) == [opening]


def test_a_ticket_is_read_from_its_opening() -> None:
    ticket = samples.ticket(text="You are idiots")
    assert heat_of(ticket, []).reasons == (Reason(Sign.INSULT, "idiots"),)
    assert not heat_of(ticket, [said(1, Author.AGENT)]).reasons
