"""What could tell who asked is cut out, whatever else the question says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.help.masking import masked
from chalicelib.rules.help.words import words

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
    ],
)
def test_places_and_names_are_cut_out(text: str, gone: str) -> None:
    assert gone not in list(words(masked(f"parcel late {text}"), "en"))
    assert {"parcel", "late"} <= set(words(masked(f"parcel late {text}"), "en"))


def test_the_rest_stays() -> None:
    assert masked("Where is my parcel?") == "Where is my parcel?"
