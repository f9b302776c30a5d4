"""How long a purchase is covered, to the day, and what a warranty claim still lacks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.policy.model import Guarantees
from chalicelib.rules.procedure.warranty import cover, lacking
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.tickets.ticket import Author, File, Visibility
from chalicelib.rules.timing.periods import Period, Unit
from chalicelib.rules.timing.worktime import WorkingHours
from tests.support import samples

SHOP = samples.shipped()
TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("purchased", "statutory", "commercial"),
    [
        (date(2026, 3, 10), date(2028, 3, 10), date(2031, 3, 10)),
        (date(2024, 2, 29), date(2026, 2, 28), date(2029, 2, 28)),
        (date(2026, 2, 28), date(2028, 2, 28), date(2031, 2, 28)),
        (date(2026, 12, 31), date(2028, 12, 31), date(2031, 12, 31)),
    ],
)
def test_both_periods_end_on_the_same_date_years_later(purchased: date, statutory: date, commercial: date) -> None:
    found = cover(SHOP, purchased, TODAY)
    assert (found.statutory_until, found.commercial_until) == (statutory, commercial)


def test_four_years_from_a_leap_day_end_on_a_leap_day() -> None:
    shop = replace(SHOP, guarantees=Guarantees(Period(4, Unit.YEARS)))
    assert cover(shop, date(2024, 2, 29), TODAY).statutory_until == date(2028, 2, 29)


def test_the_last_day_is_covered_and_the_next_is_not() -> None:
    purchased, last = date(2024, 11, 25), date(2026, 11, 25)
    assert cover(SHOP, purchased, last).in_statutory
    assert not cover(SHOP, purchased, last + DAY).in_statutory
    assert cover(SHOP, purchased, last + DAY).in_commercial
    assert cover(SHOP, purchased, date(2029, 11, 25)).in_commercial
    assert not cover(SHOP, purchased, date(2029, 11, 26)).in_commercial


def test_without_a_guarantee_only_statutory_cover_remains() -> None:
    found = cover(replace(SHOP, guarantees=Guarantees(Period(2, Unit.YEARS))), TODAY, TODAY)
    assert (found.commercial_until, found.in_commercial, found.in_statutory) == (None, False, True)


@pytest.mark.parametrize("purchased", [date.min, date(9998, 1, 1), date.max])
@pytest.mark.parametrize("period", [Period(2, Unit.YEARS), Period(999, Unit.YEARS), Period(999, Unit.MONTHS)])
def test_an_implausible_stored_purchase_date_can_still_be_shown(purchased: date, period: Period) -> None:
    assert cover(replace(SHOP, guarantees=Guarantees(period)), purchased, TODAY).statutory_until


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
@given(purchased=st.dates(date(2016, 1, 1), date(2032, 12, 31)))
def test_the_cover_does_not_depend_on_the_shops_time_zone(zone: str, purchased: date) -> None:
    shop = replace(SHOP, timezone=zone, hours=WorkingHours(zone, SHOP.hours.week))
    leap_day = (purchased.month, purchased.day) == (2, 29)
    expected = purchased.replace(year=purchased.year + 2, day=28 if leap_day else purchased.day)
    assert cover(shop, purchased, TODAY).statutory_until == expected


def test_an_empty_claim_lacks_everything() -> None:
    assert lacking(samples.ticket(kind="warranty")) == ("purchase_date", "product", "serial", "photo", "receipt")


def test_given_facts_are_not_asked_for_again() -> None:
    ticket = replace(samples.ticket(kind="warranty"), claim=Claim(TODAY, product="Aurora"))
    assert lacking(ticket) == ("serial", "photo", "receipt")


def test_a_customer_who_sent_a_file_is_not_asked_for_files() -> None:
    photo = File("f", "shade.jpg", "image/jpeg", 1, "tickets/f")
    whole = replace(samples.ticket(kind="warranty", files=(photo,)), claim=Claim(TODAY, "Aurora", "A-1"))
    assert lacking(whole) == ()


def test_files_sent_later_are_not_asked_for_again() -> None:
    ticket = samples.ticket(kind="warranty")
    photo = File("f1", "shade.jpg", "image/jpeg", 9, "tickets/x/shade.jpg")
    theirs = samples.message_of(samples.reply(ticket, files=(photo,)))
    ours = replace(theirs, author=Author.AGENT)
    assert "photo" not in lacking(ticket, [theirs])
    others = [ours, replace(theirs, files=()), replace(theirs, visibility=Visibility.INTERNAL)]
    assert "photo" in lacking(ticket, others)
