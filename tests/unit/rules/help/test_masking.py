"""What could tell who asked is cut out, whatever else the question says, and in a time in proportion to the text."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.feedback.masking import masked as without_names
from chalicelib.rules.help.impersonal import impersonal
from chalicelib.rules.help.masking import beginning, masked
from chalicelib.rules.help.words import words
from chalicelib.rules.products.personal import Asker, traces
from chalicelib.rules.products.possible_names import possible_names

AROUND = st.sampled_from(["", "where is my parcel", "wo bleibt mein Paket", "please help, thanks"])
NUMBERS = st.integers(10_000, 10**12)


@given(AROUND, NUMBERS, st.sampled_from(["{}", "NL-{}", "#{}", "order no. {}", "+49 {}", "{}-A"]), AROUND)
def test_numbers_are_cut_out(before: str, number: int, form: str, after: str) -> None:
    assert not any(letter.isdigit() for letter in masked(f"{before} {form.format(number)} {after}"))


@given(AROUND, st.emails(), AROUND)
def test_mail_addresses_are_cut_out(before: str, address: str, after: str) -> None:
    assert "@" not in masked(f"{before} {address} {after}")


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Lichtweg 7", "lichtweg"),
        ("Straße des 17. Juni 135, 10623 Berlin", "berlin"),
        ("12 Baker Street", "baker"),
        ("10115 Berlin", "berlin"),
        ("my name is Anna Kowalski", "kowalski"),
        ("mein Name ist Anna Kowalski", "anna"),
        ("ich heiße Anna Kowalski", "kowalski"),
        ("https://track.example/xyz", "track"),
        ("NL-7K3F9-QXMT2", "7k3f9"),
        ("x" * 300 + ".kowalski@" + "y" * 300, "kowalski"),
        ("kowalski＠example.com", "kowalski"),
        ("in.Lichtweg 7", "lichtweg"),
        ("-Lichtweg 7", "lichtweg"),
    ],
)
def test_places_and_names_are_cut_out(text: str, gone: str) -> None:
    assert gone not in list(words(masked(f"parcel late {text}"), "en"))
    assert {"parcel", "late"} <= set(words(masked(f"parcel late {text}"), "en"))


def test_the_rest_stays() -> None:
    assert masked("Where is my parcel?") == "Where is my parcel?"


@given(st.text("ab@. \n", max_size=60), st.integers(0, 60))
def test_a_beginning_ends_with_a_whole_word(text: str, longest: int) -> None:
    left = beginning(text, longest)
    assert text.startswith(left)
    assert len(left) <= longest
    assert left == text or not left or text[len(left)] == " "


# What such expressions begin with again and again, or read on over without finding their end.
PIECES = (
    "x", "X", "x ", "X ", "x.", "X.", "x-", "x@", "@", "1", "1 ", "1 a ", "11115 ", "a 1 ", " ", "\n", ".", "-", "_",
    "'", "thanks ", "\t", "zwei", "a(", "01(", "www.", "http://", "this is ", "dr. ", "A von ", "von ", "[…] ",
    "[…]", ", ",
)  # fmt: skip
ASKER = Asker(("Mira Holm",), ("mholm@example.com",), ("2041",), ("+49 30 5551234",), ("Lichtweg 7",), ("Wilma",))
CUTTING: dict[str, Callable[[str], object]] = {
    "masked": masked,
    "without names": without_names,
    "possible names": lambda text: list(possible_names(text, frozenset[str]().__contains__)),
    "traces": lambda text: traces(text[:8_000], ASKER),
    "impersonal": lambda text: impersonal(text, (), frozenset[str]().__contains__, "en"),
}


@pytest.mark.parametrize("name", CUTTING)
@pytest.mark.parametrize("piece", PIECES)
def test_four_times_the_text_takes_no_more_than_about_four_times_as_long(name: str, piece: str) -> None:
    def seconds(length: int) -> float:
        text = f"A {(piece * length)[:length]}!"
        begun = time.process_time()
        CUTTING[name](text)
        return time.process_time() - begun

    # By turns, and the least counts, as in tests/unit/behaviour/test_proportion.py.
    took = list[tuple[float, float]]()
    for _ in range(9):
        took.append((seconds(5_000), seconds(20_000)))
        if min(long for _, long in took) <= max(0.05, 10 * min(short for short, _ in took)):
            return
    pytest.fail(f"{took}")
