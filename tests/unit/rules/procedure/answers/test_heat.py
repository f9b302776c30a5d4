"""Heat in words: which signs are found, in which words, and that calm words have none."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
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
    "I found you on Trustpilot and like your lamps.",
    "I paid through my bank on Monday.",
    "I never left a bad review anywhere, and I do not want to.",
    "Thieves took the parcel from our porch.",
    "Scammers called me in your name. Is that known to you?",
    "The lamp is a present for my lawyer.",
    "My lawyer friend has the same lamp.",
    "How stupid of me: I ordered the wrong size.",
    "I saw your lamp all over social media!",
    "I am incompetent with tools, is there a video?",
    "A recipe with shiitake and shitake is not your business, I know; the oven lamp is.",
    "The bastard file scratched the shade.",
    "Did you read about it in the newspapers?",
    "Everybody will know how to mount it, the manual is great.",
    "Do you have one star made of paper?",
    "My bank says that you got the money.",
    "I have to report the theft to the police.",
    "Please warn me before the delivery comes.",
    "Is this chargeable with USB?",
    "Ihre Anleitung ist idiotensicher, danke!",
    "Ich habe das Geld über PayPal geschickt.",
    "Wir suchen eine Lampe für einen Anwalt.",
    "Die Lampe ist ein Geschenk für meinen Anwalt.",
    "In der Zeitung stand Ihre Anzeige.",
    "Betrüger haben sich als Paketbote ausgegeben.",
    "Ich habe bei Trustpilot nur gute Bewertungen gelesen.",
    "Haben Sie nur einen Stern aus Papier?",
    "Ich habe noch nie eine schlechte Bewertung geschrieben.",
    "Wegen des Diebstahls muss ich bei der Polizei Anzeige erstatten.",
    "Ich habe über den Käuferschutz bezahlt.",
    "In den sozialen Medien habe ich Ihre Lampe gesehen.",
    "Die Lichterkette ist für den Platz vor Gericht und Rathaus.",
    "Ich bin handwerklich unfähig: Gibt es ein Video?",
    "Es tut mir leid, dass ich so oft schreibe.",
    "",
)
HOT = (
    "I will sue.", "I\u2019ll sue you.", "We are going to sue.", "This is a scam", "That is fraud!", "You are thieves.",
    "You scammers", "it's a total rip-off", "You bunch of liars", "This is pathetic", "Shitty service", "You idiots",
    "You will hear from my lawyer", "I go to a lawyer now", "See you in court", "I will take legal action",
    "Then I will leave a bad review", "I'll give you one star", "I am going to write a terrible review",
    "I will warn everybody", "We go to the media", "I will post it all over social media",
    "I will dispute the payment", "I open a PayPal case", "I get the money back through my bank", "I file a chargeback",
    "Ich gehe zum Anwalt", "Dann gehe ich zu meinem Anwalt", "Ich nehme mir einen Anwalt", "Mein Anwalt meldet sich",
    "Wir sehen uns vor Gericht", "Ich verklage Sie", "Ich zeige Sie an!", "Das ist Betrug", "Ihr Betrüger",
    "Sie sind Gauner",
    "Was für ein Saftladen", "Ihr Idioten", "Reine Abzocke", "Das ist eine Frechheit", "Ihr seid unfähig",
    "Ich gebe Ihnen nur einen Stern", "Ich schreibe eine schlechte Bewertung", "Ich werde alle warnen",
    "Ich gehe zur Presse", "Ich mache das öffentlich", "Ich werde den Käuferschutz einschalten",
    "Ich hole mir das Geld über PayPal zurück", "Ich lasse den Betrag zurückbuchen",
)  # fmt: skip


def signs(*texts: str) -> list[Sign]:
    return [reason.sign for reason in heat(texts, VOCABULARY).reasons]


def spelled(phrase: str) -> list[str]:
    """All that a phrase of the lists stands for, without endings."""
    choices = [
        [either.removesuffix("*") for either in word.removesuffix("?").split("/")] + [""] * word.endswith("?")
        for word in phrase.split()
    ]
    return [" ".join(filter(None, chosen)) for chosen in product(*choices)]


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


@pytest.mark.parametrize("text", HOT)
def test_insults_and_threats_are_found_by_what_they_say_alone(text: str) -> None:
    assert heat([text], VOCABULARY).hot


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("You are IDIOTS and I want my lamp", Reason(Sign.INSULT, "IDIOTS")),
        ("So eine Frechheit, ihr Betrüger.", Reason(Sign.INSULT, "So eine Frechheit")),
        ("My   lawyer will write to you.", Reason(Sign.LAWYER, "My lawyer will")),
        ("Sonst leite ich rechtliche\nSchritte ein.", Reason(Sign.LAWYER, "rechtliche Schritte")),
        ("I will leave bad reviews.", Reason(Sign.PUBLIC, "will leave bad reviews")),
        ("Dann gehe ich an die Presse", Reason(Sign.PUBLIC, "an die Presse")),
        ("I start a chargeback tomorrow.", Reason(Sign.CHARGEBACK, "start a chargeback")),
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
    assert word == " ".join(word.lower().split())
    assert not word.split()[0].endswith("?")
    meant = spelled(word)
    assert len(set(meant)) == len(meant)
    assert all(
        [each.sign for each in heat([f"Well, {plain} so."], {sign: (word,)}).reasons] == [sign] for plain in meant
    )
    plain = meant[0]
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
