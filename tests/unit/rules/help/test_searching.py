"""What a search finds, by the kinds of ways in which people write; and that its work is bounded."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.external.stemming import stemmer
from chalicelib.rules.help import building, index
from chalicelib.rules.help.building import Text, Vocabulary
from chalicelib.rules.help.compounds import one_known_part, parts
from chalicelib.rules.help.participles import infinitives
from chalicelib.rules.help.searching import search
from chalicelib.rules.help.spelling import corrected
from chalicelib.rules.help.words import folded, words

TEXTS = {
    "de": (
        Text("zurueck", "Eine Lampe zurückschicken", ("Rücksendung",), ("Wer zahlt?",), "Die Kosten zahlen Sie."),
        Text("licht", "Welches Leuchtmittel passt?", ("Birne",), (), "Die Fassung steht auf dem Etikett."),
        Text("strasse", "Die Straße ist falsch", ("Adresse",), (), "Schreiben Sie uns die Adresse."),
        *(Text(f"rest-{n}", f"Etwas anderes {n}", (), (), "Davon ist hier die Rede.") for n in range(9)),
    ),
    "en": (
        Text("late", "My parcel is late", ("delayed",), ("Waiting",), "Tell us, and we ask the courier."),
        Text("bulb", "Which bulb fits?", ("socket",), (), "The label says it. A parcel is no bulb."),
        *(Text(f"rest-{n}", f"Another matter {n}", (), (), "It is told elsewhere.") for n in range(9)),
    ),
}
VOCABULARIES = {
    "de": Vocabulary(("die", "der", "ist", "mir"), (("Rücksendung", "Retoure", "schicke zurück"),)),
    "en": Vocabulary(
        ("the", "is", "my", "where", "stand"), (("late", "where is my"), ("parcel", "package")), (("stand", "stood"),)
    ),
}
INDEXES = {
    language: building.build(texts, language, stemmer(language), VOCABULARIES[language])
    for language, texts in TEXTS.items()
}


def found(language: str, question: str) -> list[str]:
    return [hit.slug for hit in search(INDEXES[language], stemmer(language), question, 3)]


@pytest.mark.parametrize(
    ("language", "question", "slug"),
    [
        ("de", "zurückschicken", "zurueck"),
        ("de", "ZURÜCKSCHICKEN", "zurueck"),
        ("de", "zurueckschicken", "zurueck"),
        ("de", "zuruckschicken", "zurueck"),
        ("de", "zurückgeschickt", "zurueck"),  # a participle
        ("de", "zurückzuschicken", "zurueck"),  # an infinitive with "zu"
        ("de", "Rücksendungen", "zurueck"),  # an inflected form
        ("de", "retoure", "zurueck"),  # another word for it
        ("de", "ich schicke zurück", "zurueck"),  # another phrase for it
        ("de", "Rüksendung", "zurueck"),  # mistyped
        ("de", "Rücksendekosten", "zurueck"),  # a compound that no article has
        ("de", "Strasse", "strasse"),
        ("de", "straße", "strasse"),
        ("de", "leuchtm", "licht"),  # still being typed
        ("en", "parcels", "late"),
        ("en", "delay", "late"),
        ("en", "parecl late", "late"),
        ("en", "package", "late"),
        ("en", "where is my", "late"),  # a phrase of words that say nothing by themselves
        ("en", "bul", "bulb"),
        ("en", "the parcel stood late", "late"),  # an irregular form
        ("en", "parcel no. 4711 late", "late"),  # a number asks for nothing
        ("en", "soc ket", "bulb"),  # written apart
        ("de", "ich schicke die Lampe zurück", "zurueck"),  # a phrase with words between
    ],
)
def test_ways_to_write(language: str, question: str, slug: str) -> None:
    assert found(language, question)[:1] == [slug]


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("de", ""),
        ("de", "die der ist"),
        ("de", "Wetter"),
        ("en", "weather in Rome"),
        ("en", "bulbous tulip onions rot"),
    ],
)
def test_nothing_is_better_than_something_wrong(language: str, question: str) -> None:
    assert found(language, question) == []


def test_a_title_says_more_than_a_body() -> None:
    assert found("en", "parcel")[0] == "late"


@given(st.text(max_size=2000), st.sampled_from(["de", "en"]))
def test_any_question_is_answered(question: str, language: str) -> None:
    hits = search(INDEXES[language], stemmer(language), question, 3)
    assert len(hits) <= 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits == search(INDEXES[language], stemmer(language), question, 3)


@given(st.text(max_size=400), st.text(max_size=400))
def test_what_comes_after_the_longest_question_is_not_read(question: str, more: str) -> None:
    whole = question.ljust(300, "x")
    assert found("en", whole[:300]) == found("en", whole[:300] + more)


def test_an_index_is_read_as_it_was_written() -> None:
    for made in INDEXES.values():
        read = index.read(index.written(made))
        assert read
        assert index.written(read) == index.written(made)


def test_an_index_of_another_version_is_not_read() -> None:
    assert index.read(index.written(INDEXES["en"]).replace(f'"version":{index.VERSION}', '"version":1')) is None


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_order_of_the_articles_makes_no_difference(language: str) -> None:
    turned = building.build(TEXTS[language][::-1], language, stemmer(language), VOCABULARIES[language])
    assert index.written(turned) == index.written(INDEXES[language])


@given(st.text(max_size=100), st.sampled_from(["de", "en"]))
def test_folding_twice_is_folding_once(text: str, language: str) -> None:
    once = folded(text, language)
    assert folded(once, language) == once or language == "de"
    assert all(word == word.casefold() for word in words(text, "en"))


KNOWN = frozenset({"rechnung", "adresse", "lampe", "schirm", "liefern", "zeit", "lieferung"})


@pytest.mark.parametrize(
    ("word", "divided"),
    [
        ("rechnungsadresse", ("rechnung", "adresse")),
        ("lampenschirm", ("lampe", "schirm")),
        ("lieferzeit", ("liefern", "zeit")),
        ("lieferzeiten", ("liefern", "zeit")),
        ("lampenschirmadresse", ("lampe", "schirm", "adresse")),
        ("lampenputzer", ()),
        ("lampe", ()),
    ],
)
def test_compounds_are_divided_by_known_words(word: str, divided: tuple[str, ...]) -> None:
    assert parts(word, KNOWN, "de") == divided
    assert parts(word, KNOWN, "en") == ()


@given(st.sampled_from(sorted(KNOWN)), st.integers(0, 20), st.sampled_from(string.ascii_lowercase), st.integers(0, 3))
def test_one_edit_is_found(word: str, at: int, letter: str, kind: int) -> None:
    at %= len(word)
    edits = (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    )
    typed = edits[kind]
    easily = len(word) >= 7 or {letter, word[at]} <= set("aeiouy")
    assert word in corrected(typed, {word}) or typed == word or len(typed) < 5 or (kind == 1 and not easily)


@pytest.mark.parametrize(
    ("typed", "word"), [("parcal", "parcel"), ("refubd", "refund"), ("guarentee", "guarantee"), ("vetsand", "versand")]
)
def test_wrong_letters_that_are_easily_typed_are_corrected(typed: str, word: str) -> None:
    assert corrected(typed, {word}) == (word,)


@pytest.mark.parametrize(("typed", "word"), [("share", "spare"), ("table", "cable"), ("found", "sound")])
def test_another_short_word_is_not_taken_for_a_mistyped_one(typed: str, word: str) -> None:
    assert corrected(typed, {word}) == ()


def test_a_word_of_one_known_part_is_about_that_part() -> None:
    assert one_known_part("stehlampe", KNOWN, "de") == ("lampe",)
    assert one_known_part("lampenputzer", KNOWN, "de") == ("lampe",)
    assert one_known_part("tulpe", KNOWN, "de") == ()
    assert one_known_part("stehlampe", KNOWN, "en") == ()


def test_short_words_are_not_corrected() -> None:
    assert corrected("lamb", {"lamp"}) == ()


@pytest.mark.parametrize(
    ("word", "verb"),
    [
        ("repariert", "reparieren"),
        ("umgetauscht", "umtauschen"),
        ("umzutauschen", "umtauschen"),
        ("geliefert", "liefern"),
        ("abgezogen", "abziehen"),
        ("fiept", "fiepen"),
        ("rauschte", "rauschen"),
    ],
)
def test_forms_lead_to_the_infinitive(word: str, verb: str) -> None:
    forms = {"bog": "biegen", "gezogen": "ziehen"}
    assert verb in infinitives(word, "de", forms)
    assert infinitives(word, "en", forms) == ()
