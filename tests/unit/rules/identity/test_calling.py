"""Which phone numbers people of a shop call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rendering import words
from chalicelib.rules.identity.calling import NotCallable, callable_number, country_of, gets_texts, zone_of
from chalicelib.rules.identity.numbering import COUNTRIES
from chalicelib.rules.policy.countries import CALLED

HERE = ("DE", "AT", "CH", "GB", "IT")
# Of each country a number of a house, a mobile number, and numbers that cost more: the examples of libphonenumber's
# metadata (phonenumbers 9.0.43).
EXAMPLES = [
    ("AT", "+431234567890", "+43664123456", "+43900123456 +43810123456"),
    ("BE", "+3212345678", "+32450001234", "+3290012345 +3278791234"),
    ("BG", "+3592123456", "+35943012345", "+35990123456 +35970012345"),
    ("CH", "+41212345678", "+41781234567", "+41900123456 +41840123456 +41878123456 +41740123456"),
    ("CY", "+35722345678", "+35796123456", "+35790012345 +35780112345 +35770012345"),
    ("CZ", "+420212345678", "+420601123456", "+420900123456 +420811234567 +420700123456"),
    ("DE", "+4930123456", "+4915123456789", "+499001234567 +4918012345 +4970012345678 +4916412345"),
    ("DK", "+4532123456", "+4534412345", "+4590123456"),
    ("EE", "+3723212345", "+37251234567", "+3729001234 +37270012345"),
    ("ES", "+34810123456", "+34612345678", "+34803123456 +34901123456 +34701234567"),
    ("FI", "+358131234567", "+358412345678", "+358600123456"),
    ("FR", "+33123456789", "+33612345678", "+33891123456 +33884012345"),
    ("GB", "+441212345678", "+447400123456", "+449012345678 +447012345678 +447640123456"),
    ("GR", "+302123456789", "+306912345678", "+309091234567 +308011234567 +307012345678"),
    ("HR", "+38512345678", "+385921234567", "+3856001234 +38574123456"),
    ("HU", "+3612345678", "+36201234567", "+3690123456"),
    ("IE", "+3532212345", "+353850123456", "+3531520123456 +3531850123456 +353700123456"),
    ("IS", "+3544101234", "+3546111234", "+3549001234"),
    ("IT", "+390212345678", "+393123456789", "+39899123456 +39848123456 +391781234567"),
    ("LI", "+4232345678", "+423660234567", "+4239002222"),
    ("LT", "+37031234567", "+37061234567", "+37090012345 +37080812345 +37070012345"),
    ("LU", "+35227123456", "+352628123456", "+35290012345 +35280112345"),
    ("LV", "+37163123456", "+37121234567", "+37190123456 +37181123456"),
    ("MT", "+35621001234", "+35696961234", "+35650037123 +35671171234"),
    ("NL", "+31101234567", "+31612345678", "+319061234 +31662345678"),
    ("NO", "+4721234567", "+4740612345", "+4782012345 +4781021234 +4788012345"),
    ("PL", "+48123456789", "+48512345678", "+48701234567 +48801234567 +48641234567"),
    ("PT", "+351212345678", "+351912345678", "+351760123456 +351808123456 +351884123456 +351622212345"),
    ("RO", "+40211234567", "+40712034567", "+40900123456 +40801123456"),
    ("SE", "+468123456", "+46701234567", "+469001234567 +46771234567 +46751234567 +46740123456"),
    ("SI", "+38612345678", "+38631234567", "+38690123456"),
    ("SK", "+421221234567", "+421912123456", "+421900123456 +421850123456 +4219090123"),
]


@pytest.mark.parametrize(("country", "house", "mobile", "costly"), EXAMPLES, ids=lambda each: each[:2])
def test_people_are_called_and_mobiles_texted_and_what_costs_more_is_neither(
    country: str, house: str, mobile: str, costly: str
) -> None:
    assert callable_number(house, (country,)) == house
    assert callable_number(mobile, (country,)) == mobile
    assert gets_texts(mobile)
    assert gets_texts(house) is (country == "DK")  # where numbers do not show which are mobile
    for each in costly.split():
        with pytest.raises(NotCallable, match="costly_number"):
            callable_number(each, (country,))
        assert not gets_texts(each)


@pytest.mark.parametrize("number", ["+35318331234", "+31181612345", "+420910123456", "+35341234567"])
def test_a_town_whose_prefix_begins_like_a_costly_one_is_called(number: str) -> None:
    assert callable_number(number, (country_of(number),)) == number


def test_there_is_an_example_of_every_country() -> None:
    assert [each[0] for each in EXAMPLES] == sorted(COUNTRIES)


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
    assert not country.is_costly(number.removeprefix(f"+{country.code}"))


def test_no_countrys_code_begins_with_anothers() -> None:
    codes = [country.code for country in COUNTRIES.values()]
    assert not [(one, other) for one in codes for other in codes if one != other and one.startswith(other)]
    assert len(set(codes)) == len(codes)


def test_the_policy_may_name_exactly_these_countries() -> None:
    assert tuple(sorted(COUNTRIES)) == CALLED


def test_each_country_has_a_time_zone_and_a_name(subtests: pytest.Subtests) -> None:
    for id, country in COUNTRIES.items():
        with subtests.test(id):
            assert zone_of(f"+{country.code}1234567") == country.zone
            for language in words.languages():
                assert words.phrase(language, f"policy.country.{id}")
