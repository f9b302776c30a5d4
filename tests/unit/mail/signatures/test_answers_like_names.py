"""Answers that look like names: a day, a carrier, a colour behind a greeting, or the same as the writer's surname."""

import pytest

from tests.unit.mail.signatures.test_nothing_said import QUOTED, new

ANSWERS = [
    "Hi, Friday",
    "Hi, Friday\n\nAnna",
    "Hello, Monday.\n\nBest regards\nAnna",
    "Hallo, Blau.\n\nViele Grüße\nAnna Berg",
    "Hola, Viernes",
    "Bonjour, Vendredi",
    "Ciao, Venerdì",
    "Hej, Fredag",
    "Hoi, Vrijdag",
    "Witam, Poniedziałek",
    "Hi, DHL",
    "Hello, DHL Express",
    "Hello, Size M",
    "Hello, Hamburg.",
    "Hello, the red one",
    "Hej, Skickat",
    "Hola, Enviado",
    "Ciao, Spedito",
    "Cześć, Jutro",
    "Привет, Завтра",
    "Здравствуйте, Отправили",
    "Lieber Rot",
    "Lieber Rot.\n\nAnna",
    "Lieber Grün",
    "Lieber Express",
    "Beste Keus",
    "Bästa Priset",
    "Cara Lampada",
    "Hi Friday",
    "Hi DHL",
    "Hello Size M",
    "Hej Skickat",
    "Lieber Montag",
    "Lieber Rot\n\nViele Grüße\nAnna",
    "Ciao Spedito",
    "Hallo Blau",
]
GREETINGS = [
    "Hi Tom",
    "Hello, Tom",
    "Hallo, Kim Lee\n\nViele Grüße\nAnna",
    "Bonjour, Marie",
    "Hola, Ana",
    "Hi Tom,",
    "Hi Kim,\n\nBest regards,\nAnna Berg",
    "Lieber Tom,",
    "Lieber Herr Lee",
    "Beste Kim,",
    "Bästa Kim!",
    "Cara Maria,",
    "Dear Kim,",
    "Dear Kim\n\nBest regards\nAnna",
    "Liebe Kim\n\nViele Grüße\nAnna",
    "Guten Tag, Frau Lee",
    "Hello, everyone",
    "Hello, Kim,\n\nBest regards,\nAnna",
    "Hi, Anna",
    "Hallo Frau Grün",
    "Ciao Domenica,",
    "Hallo zusammen",
    "Bonjour, Madame Petit",
    "Sehr geehrte Frau Montag",
    "Hi, Mr. Lee!",
]
SURNAMES = [
    ("Daniel H. Lang", "DHL"),
    ("Uwe Peter Schmidt", "UPS"),
    ("Gerd L. Seidel", "GLS"),
    ("Xaver Lang", "XL"),
    ("Anna Black", "Black"),
    ("Tom Green", "Green"),
    ("Paul Weiss", "Weiss"),
    ("Anna Montag", "Montag"),
    ("Shop Berlin", "Berlin"),
]
OWN_ANSWERS = [
    "Anna, Friday",
    "Anna, Blue",
    "Anna | Montag",
    "Anna\nFriday",
    "Viele Grüße\nAnna\n\nMontag 10 Uhr",
    "Berg\n\nBest regards\nAnna Berg",
    "AB\n\nBest regards\nAnna Berg",
    "Best regards, Anna, Friday",
]
OWN_NAMES = [
    "Anna",
    "Berg",
    "AB",
    "A.B.\nNorthlight",
    "Anna B.",
    "A. Berg",
    "Best\nAB",
    "Anna Berg\nMontag - Freitag 9-17 Uhr",
    "Anna Berg\nMo-Fr 9-17 Uhr",
]


@pytest.mark.parametrize("text", ANSWERS)
def test_a_short_answer_behind_a_greeting_is_an_answer(text: str) -> None:
    assert new(f"{text}{QUOTED}") == text


@pytest.mark.parametrize("text", GREETINGS)
def test_a_greeting_alone_is_none(text: str) -> None:
    assert new(f"{text}{QUOTED}") == ""


@pytest.mark.parametrize(("author", "text"), SURNAMES)
def test_a_surname_or_initials_that_choose_something_are_an_answer(author: str, text: str) -> None:
    for answer in (text, f"Hi Kim,\n\n{text}", f"{text}\n\nBest regards\n{author}"):
        assert new(f"{answer}{QUOTED}", author) == answer
    signed = f"Hi Kim,\n\n{text}\n\nBest\n{author}"
    assert new(f"{signed}{QUOTED}", author) == signed


@pytest.mark.parametrize("author", [author for author, _ in SURNAMES])
def test_the_same_writers_whole_or_given_name_is_none(author: str) -> None:
    given = author.split()[0]
    for text in (
        author,
        given,
        f"Best regards\n{author}",
        f"Hi Kim,\n\nBest, {author}",
        f"Viele Grüße\n{author}\nNorthlight GmbH",
    ):
        assert new(f"{text}{QUOTED}", author) == ""


@pytest.mark.parametrize("text", OWN_ANSWERS)
def test_a_choice_beside_or_below_the_writers_name_is_an_answer(text: str) -> None:
    assert new(f"{text}{QUOTED}") == text


@pytest.mark.parametrize("text", OWN_NAMES)
def test_the_writers_name_and_opening_hours_are_none(text: str) -> None:
    assert new(f"{text}{QUOTED}") == ""
