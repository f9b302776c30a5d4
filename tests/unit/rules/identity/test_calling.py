"""Which phone numbers people of a shop call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rendering import words
from chalicelib.rules.identity import calling
from chalicelib.rules.identity.calling import COUNTRIES, NotCallable, callable_number, country_of, zone_of
from chalicelib.rules.policy.countries import CALLED

HERE = ("DE", "AT", "CH", "GB", "IT")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+49 30 901820", "+4930901820"),
        ("+49 (0) 30/90 18 20", "+4930901820"),
        ("0049 30 901820", "+4930901820"),
        ("030 901820", "+4930901820"),
        ("0151 23456789", "+4915123456789"),
        ("+43 1 5880123", "+4315880123"),
        ("+41 44 668 18 00", "+41446681800"),
        ("+44 20 7946 0182", "+442079460182"),
        ("+39 06 698 12345", "+390669812345"),
        ("+٤٩ ٣٠ ٩٠١٨٢٠", "+4930901820"),
    ],
)
def test_a_number_is_written_as_it_is_dialled_from_anywhere(written: str, number: str) -> None:
    assert callable_number(written, HERE) == number


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "no_phone"),
        ("call me", "no_phone"),
        ("+49 30", "no_phone"),
        ("+49 3012345678901234", "no_phone"),
        ("+49 30 901820, +49 30 901821", "several_numbers"),
        ("901820", "no_country_code"),
        ("+1 212 555 0100", "not_called_there"),
        ("+33 1 23 45 67 89", "not_called_there"),
        ("+882 16 1234567", "not_called_there"),
        ("+979 1 2345678", "not_called_there"),
        ("+49 900 1234567", "costly_number"),
        ("0900 1234567", "costly_number"),
        ("+49 137 1234567", "costly_number"),
        ("+49 180 5123456", "costly_number"),
        ("+43 900 123456", "costly_number"),
        ("+41 906 123456", "costly_number"),
        ("+44 909 8790123", "costly_number"),
        ("+44 871 2345678", "costly_number"),
        ("+39 899 123456", "costly_number"),
    ],
)
def test_others_are_refused_with_a_reason_that_has_words(written: str, why: str) -> None:
    with pytest.raises(NotCallable, match=why):
        callable_number(written, HERE)
    for language in words.languages():
        assert words.problem("phone", why, language, longest=0, count=0, size="")


@given(st.text(max_size=60), st.sampled_from([HERE, ("CZ",), ("ES", "PT"), ()]))
def test_what_is_called_has_a_code_of_the_countries_and_no_costly_prefix(text: str, countries: tuple[str, ...]) -> None:
    try:
        number = callable_number(text, countries)
    except NotCallable:
        return
    assert country_of(number) in countries
    assert number[1:].isascii()
    assert number[1:].isdigit()
    assert 7 <= len(number) - 1 <= 15
    country = COUNTRIES[country_of(number)]
    assert not number.removeprefix(f"+{country.code}").startswith(country.costly)


def test_no_countrys_code_begins_with_anothers() -> None:
    codes = [country.code for country in COUNTRIES.values()]
    assert not [(one, other) for one in codes for other in codes if one != other and one.startswith(other)]
    assert len(set(codes)) == len(codes)


def test_the_policy_may_name_exactly_these_countries() -> None:
    assert tuple(sorted(COUNTRIES)) == CALLED


def test_each_country_has_a_time_zone_and_a_name(subtests: pytest.Subtests) -> None:
    for id, country in calling.COUNTRIES.items():
        with subtests.test(id):
            assert zone_of(f"+{country.code}1234567") == country.zone
            for language in words.languages():
                assert words.phrase(language, f"policy.country.{id}")
