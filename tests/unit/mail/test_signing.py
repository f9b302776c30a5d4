"""An answer is signed once, in whatever way its writer ends it; a mail with its own signature drops the writer's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.signing import Signer, signed, unsigned

ADA = Signer("Ada", "Ada Lindqvist", "Northlight Lamps")
SAID = "Hello Mira,\n\nthe shade leaves us tomorrow."


@pytest.mark.parametrize(
    ("ending", "added"),
    [
        ("", "\n\nAda\nNorthlight Lamps"),
        ("\n\nKind regards", "\nAda\nNorthlight Lamps"),
        ("\n\nKind regards,", "\nAda\nNorthlight Lamps"),
        ("\n\nFreundliche Grüße", "\nAda\nNorthlight Lamps"),
        ("\n\nKind regards\nAda", "\nNorthlight Lamps"),
        ("\n\nKind regards\n\nAda\n", "\nNorthlight Lamps"),
        ("\n\nKind regards, Ada", "\nNorthlight Lamps"),
        ("\n\nBest wishes\nAda Lindqvist", "\nNorthlight Lamps"),
        ("\n\nCheers\nAda L.", "\nNorthlight Lamps"),
        ("\n\n– Ada", "\nNorthlight Lamps"),
        ("\nAda", "\nNorthlight Lamps"),
        ("\n\nKIND REGARDS\nADA", "\nNorthlight Lamps"),
        ("\n\nMit freundlichen Grüßen\nIhre Ada", "\nNorthlight Lamps"),
        ("\n\nViele Grüße aus Hamburg\nAda Lindqvist, Kundendienst", "\nNorthlight Lamps"),
        ("\n\nThank you\nAda", "\nNorthlight Lamps"),
        ("\n\nKind regards\nAda\nNorthlight Lamps", ""),
        ("\n\nKind regards\nAda, Northlight Lamps", ""),
        ("\n\nAda from Northlight Lamps", ""),
        ("\n\nLiebe Grüße\nAda von Northlight Lamps", ""),
        ("\n\nYour Northlight team", ""),
        ("\n\nIhr Team von Northlight Lamps", ""),
        ("\n\nKind regards\nTom", ""),  # another person's name: it is signed
        ("\n\nKind regards\nAda\n+49 30 23125 014", ""),
    ],
)
def test_missing_lines_of_the_signature_are_added_and_none_twice(ending: str, added: str) -> None:
    assert signed(SAID + ending, ADA) == (SAID + ending).rstrip() + added
    assert signed(signed(SAID + ending, ADA), ADA) == signed(SAID + ending, ADA)


@pytest.mark.parametrize(
    "words",
    [
        "Please ask for Ada",
        "When you call, ask\nfor Ada",
        "Ada will call you tomorrow.",
        "The lamp is called Ada.",
        "It is repaired by Northlight Lamps.",
        "Yes",
        "Take it to the shop\nin Lichtweg 7",
    ],
)
def test_ordinary_words_are_no_signature(words: str) -> None:
    assert signed(words, ADA) == f"{words}\n\nAda\nNorthlight Lamps"
    assert unsigned(words, ADA) == words


@pytest.mark.parametrize("mark", ["PS:", "P.S.", "p.s.:", "PS"])
def test_an_afterword_stays_below_the_signature(mark: str) -> None:
    after = f"{mark} the bulb is not included."
    assert signed(f"{SAID}\n\nKind regards\nAda\n\n{after}", ADA) == (
        f"{SAID}\n\nKind regards\nAda\nNorthlight Lamps\n\n{after}"
    )
    assert signed(f"{SAID}\n\n{after}", ADA) == f"{SAID}\n\nAda\nNorthlight Lamps\n\n{after}"
    assert unsigned(f"{SAID}\n\nKind regards\nAda\n\n{after}", ADA) == f"{SAID}\n\n{after}"


@pytest.mark.parametrize(
    "ending",
    [
        "\n\nKind regards", "\n\nKind regards\nAda", "\n\nBest wishes\nAda Lindqvist\nNorthlight Lamps", "\n\n– Ada",
        "\n\nMit freundlichen Grüßen\nIhre Ada", "\n\nThanks\nAda\n", "\n\nYour Northlight team",
    ],
)  # fmt: skip
def test_a_mail_with_its_own_signature_drops_the_writers(ending: str) -> None:
    assert unsigned(SAID + ending, ADA) == SAID


@pytest.mark.parametrize("words", ["Thank you", "Hello Mira,\n\nThank you", "Ada", "Kind regards", SAID + "\n\nTom"])
def test_lines_that_may_be_words_are_kept(words: str) -> None:
    assert unsigned(words, ADA) == words


def test_without_a_known_name_the_shop_signs() -> None:
    nobody = Signer("", "", "Northlight Lamps")
    assert signed("Yes.", nobody) == "Yes.\n\nNorthlight Lamps"
    assert signed("Yes.\n\nKind regards", nobody) == "Yes.\n\nKind regards\nNorthlight Lamps"


@given(st.text(alphabet="Ada KindregsNothliLmp\n.,:PS–-", max_size=200))
def test_all_words_are_sent_and_signing_twice_changes_nothing(text: str) -> None:
    once = signed(text, ADA)
    lines = iter(once.split("\n"))
    assert all(line in lines for line in text.rstrip().split("\n") if line.strip())
    assert signed(once, ADA) == once
