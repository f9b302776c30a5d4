"""Who is known by a telephone number only has an address made of it, the same for each way of writing the number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.identity import callers
from chalicelib.rules.identity.handles import is_handle, of_address
from chalicelib.rules.identity.numbering import COUNTRIES
from chalicelib.rules.intake.submission import is_address, is_reachable
from chalicelib.rules.tickets.messages import Person

BERLIN = "4930901820@tel.invalid"


@pytest.mark.parametrize(
    "typed",
    [
        "+49 30 901820", "+49 (0)30 / 90 18 20", "0049 30 901820", "030 901820", "030-90 18 20", "tel:+4930901820",
        " TEL:030901820 ", "＋４９ ３０ ９０１８２０",
    ],
)  # fmt: skip
def test_each_way_of_typing_a_number_is_one_address(typed: str) -> None:
    assert callers.asked(typed, "DE") == BERLIN


@pytest.mark.parametrize("typed", ["", "tel:", "1234", "mira@example.com", "sms:+4930901820", "030 901820 x", "0" * 70])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert callers.asked(typed, "DE") == ""


def test_a_number_without_its_country_is_of_the_shops_country_or_of_none() -> None:
    assert callers.asked("030 901820", "AT") == "4330901820@tel.invalid"
    assert callers.asked("601 123 456", "CZ") == "420601123456@tel.invalid"
    assert callers.asked("030 901820", "US") == "national.030901820@tel.invalid"
    assert callers.asked("30 901820", "DE") == "national.30901820@tel.invalid"


def test_all_addresses_of_a_number_and_of_its_user_at_messengers() -> None:
    every = callers.every(BERLIN, "DE")
    assert every == (
        BERLIN, "national.4930901820@tel.invalid", "national.030901820@tel.invalid", "4930901820@whatsapp.invalid",
        "4930901820@sms.invalid",
    )  # fmt: skip
    assert callers.every("4930901820@sms.invalid", "DE")[0] == "4930901820@sms.invalid"
    assert {*callers.every("4930901820@sms.invalid", "DE")} == {*every}
    assert {*callers.every("national.030901820@tel.invalid", "DE")} == {*every}
    assert "national.030901820@tel.invalid" not in callers.every(BERLIN, "AT")


@pytest.mark.parametrize("address", ["mira@example.com", "de.77@whatsapp.invalid", "national.30901820@tel.invalid"])
def test_other_addresses_have_no_others(address: str) -> None:
    assert callers.every(address, "DE") == (address,)


def test_a_person_is_known_by_the_number_only_without_an_address() -> None:
    assert Person("Mira", "", "+49 30 901820").known_by == (BERLIN,)
    assert Person("Mira", "mira@example.com", "+49 30 901820").known_by == ("mira@example.com",)
    assert Person("Mira", "").known_by == ()
    two = Person("Mira", "", "+49 30 901820 or 0151 234567").known_by
    assert two == (BERLIN, "national.0151234567@tel.invalid")


def test_nothing_can_be_sent_there_and_nobody_can_give_it_as_theirs() -> None:
    assert not is_address(BERLIN)
    assert not is_reachable(BERLIN)
    assert of_address(BERLIN) is None
    assert is_handle(BERLIN)


@given(st.sampled_from(sorted(COUNTRIES)), st.from_regex(r"[1-9][0-9]{6,8}", fullmatch=True))
def test_as_dialled_at_home_and_from_abroad_it_is_one_number(home: str, national: str) -> None:
    country = COUNTRIES[home]
    at_home = callers.asked(f"0{national}" if country.zero else national, home)
    abroad = callers.asked(f"+{country.code} {national}", home)
    assert at_home == abroad
    written = callers.addresses(f"0{national}" if country.zero else national)
    assert {*written} <= {*callers.every(abroad, home)}
