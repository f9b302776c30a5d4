"""Which kind a ticket gets by its words, and what agents are told about the rest."""

from dataclasses import replace

import pytest

from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.policy.promises import DATA_REQUEST, KINDS, PRIVACY_COMPLAINT, WARRANTY, WITHDRAWAL
from chalicelib.rules.tickets.remarks import Remark
from tests.support import samples

SHOP = samples.northlight()
WITHDRAWS = "I hereby withdraw from the contract for the lamp."
ASKS = "Please send me a copy of my personal data."
COMPLAINS = "I complain about how you handle my personal data: you passed my address on without my consent."
OF_LAW = (WITHDRAWAL, PRIVACY_COMPLAINT, DATA_REQUEST)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("The lamp flickers.", []),
        (WITHDRAWS, [WITHDRAWAL]),
        ("Hiermit widerrufe ich den Kaufvertrag.", [WITHDRAWAL]),
        (ASKS, [DATA_REQUEST]),
        (COMPLAINS, [PRIVACY_COMPLAINT]),
        (f"{WITHDRAWS} {ASKS}", [WITHDRAWAL, DATA_REQUEST]),
    ],
)
def test_the_kinds_of_the_words(text: str, kinds: list[str]) -> None:
    assert list(matters.matters(SHOP, "", text)) == kinds


@pytest.mark.parametrize("chosen", KINDS)
def test_a_chosen_kind_gives_way_to_the_laws_unless_it_is_one_or_a_claim(chosen: str) -> None:
    kept = chosen in (*OF_LAW, WARRANTY)
    assert matters.kind_with(SHOP, "", WITHDRAWS, chosen) == (chosen if kept else WITHDRAWAL)
    assert matters.kind_with(SHOP, "", "The lamp flickers.", chosen) == chosen
    assert matters.kind_of(SHOP, "", WITHDRAWS, chosen) == WITHDRAWAL


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        (WITHDRAWS, WITHDRAWAL, ()),
        (WITHDRAWS, "complaint", (Remark.WITHDRAWS,)),
        (ASKS, DATA_REQUEST, ()),
        (f"{WITHDRAWS} {ASKS}", WITHDRAWAL, (Remark.ABOUT_DATA,)),
        (f"{WITHDRAWS} {ASKS}", WARRANTY, (Remark.WITHDRAWS, Remark.ABOUT_DATA)),
        ("The lamp flickers.", "complaint", ()),
    ],
)
def test_what_else_they_are_about_is_told(text: str, kind: str, told: tuple[Remark, ...]) -> None:
    assert matters.besides(SHOP, "", text, kind) == told


def test_a_shop_without_a_kind_gives_it_to_nothing() -> None:
    without = replace(SHOP, kinds={id: kind for id, kind in SHOP.kinds.items() if id != WITHDRAWAL})
    assert list(matters.matters(without, "", WITHDRAWS)) == []
