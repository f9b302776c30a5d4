"""The three fields of the withdrawal function: anything that identifies a contract is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake import withdrawal_form
from chalicelib.rules.intake.submission import one_line
from chalicelib.rules.intake.withdrawal_form import Statement
from tests.support import samples

SHOP = samples.shipped()
TYPED = {"name": "Mira Holm", "contract": "NL-2041", "email": "mira@example.com"}


def test_it_keeps_what_was_typed() -> None:
    assert withdrawal_form.read(TYPED | {"language": "de"}, SHOP) == Statement(**TYPED, language="de")


def test_an_unknown_language_is_the_shops_first() -> None:
    assert withdrawal_form.read(TYPED | {"language": "tlh"}, SHOP).language == SHOP.languages[0]


@given(st.text(min_size=1, max_size=300).filter(one_line))
def test_nonsense_as_a_contract_is_taken(contract: str) -> None:
    assert withdrawal_form.read(TYPED | {"contract": contract}, SHOP).contract == one_line(contract)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ({}, {"name": "missing", "contract": "missing", "email": "missing"}),
        (TYPED | {"email": "mira"}, {"email": "not_an_address"}),
        (TYPED | {"contract": "x" * 301}, {"contract": "too_long"}),
        (TYPED | {"name": " \u200e "}, {"name": "missing"}),
    ],
)
def test_only_what_the_acknowledgement_needs_is_asked_for_again(typed: dict[str, str], codes: dict[str, str]) -> None:
    with pytest.raises(InvalidFields) as refused:
        withdrawal_form.read(typed, SHOP)
    assert dict(refused.value.codes) == codes
