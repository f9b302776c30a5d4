"""How long a purchase is covered, to the day, and what a warranty claim still lacks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.policy.model import Guarantees, Shop
from chalicelib.rules.procedure.remedies.warranty import (
    LONGER_AFTER_REPAIR,
    Choice,
    Cover,
    after_repair,
    choice,
    cover,
    lacking,
    rejection,
)
from chalicelib.rules.tickets.procedure_facts import Claim, Fault, Finding, OwedBy, Remedy, RemedyKind
from chalicelib.rules.tickets.ticket import Author, File, Visibility
from chalicelib.rules.timing.periods import Period, Unit
from chalicelib.rules.timing.worktime import WorkingHours
from tests.support import samples
from tests.support.store.fakes import START

SHOP = samples.shipped()
TODAY = date(2026, 11, 25)
DAY = timedelta(days=1)


def covered(shop: Shop, purchased: date, today: date) -> Cover:
    found = cover(shop, Claim(purchased), None, today)
    assert found
    return found


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
    found = covered(SHOP, purchased, TODAY)
    assert (found.statutory_until, found.commercial_until) == (statutory, commercial)


def test_four_years_from_a_leap_day_end_on_a_leap_day() -> None:
    shop = replace(SHOP, guarantees=Guarantees(Period(4, Unit.YEARS)))
    assert covered(shop, date(2024, 2, 29), TODAY).statutory_until == date(2028, 2, 29)


def test_the_last_day_is_covered_and_the_next_is_not() -> None:
    purchased, last = date(2024, 11, 25), date(2026, 11, 25)
    assert covered(SHOP, purchased, last).in_statutory
    assert not covered(SHOP, purchased, last + DAY).in_statutory
    assert covered(SHOP, purchased, last + DAY).in_commercial
    assert covered(SHOP, purchased, date(2029, 11, 25)).in_commercial
    assert not covered(SHOP, purchased, date(2029, 11, 26)).in_commercial


def test_without_a_guarantee_only_statutory_cover_remains() -> None:
    found = covered(replace(SHOP, guarantees=Guarantees(Period(2, Unit.YEARS))), TODAY, TODAY)
    assert (found.commercial_until, found.in_commercial, found.in_statutory) == (None, False, True)


@pytest.mark.parametrize("purchased", [date.min, date(9998, 1, 1), date.max])
@pytest.mark.parametrize("period", [Period(2, Unit.YEARS), Period(999, Unit.YEARS), Period(999, Unit.MONTHS)])
def test_an_implausible_stored_purchase_date_can_still_be_shown(purchased: date, period: Period) -> None:
    assert covered(replace(SHOP, guarantees=Guarantees(period)), purchased, TODAY).statutory_until


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
@given(purchased=st.dates(date(2016, 1, 1), date(2032, 12, 31)))
def test_the_cover_does_not_depend_on_the_shops_time_zone(zone: str, purchased: date) -> None:
    shop = replace(SHOP, timezone=zone, hours=WorkingHours(zone, SHOP.hours.week))
    leap_day = (purchased.month, purchased.day) == (2, 29)
    expected = purchased.replace(year=purchased.year + 2, day=28 if leap_day else purchased.day)
    assert covered(shop, purchased, TODAY).statutory_until == expected


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


class TestTheLawOfTheConsumersCountry:
    @pytest.mark.parametrize(("country", "year"), [(None, 2028), ("DE", 2028), ("ES", 2029), ("US", 2028)])
    def test_gives_its_own_period_where_the_policy_says_so(self, country: str | None, year: int) -> None:
        found = cover(SHOP, Claim(date(2026, 11, 2)), country, TODAY)
        assert found
        assert found.statutory_until == date(year, 11, 2)

    def test_counts_from_the_delivery_if_that_is_known(self) -> None:
        found = cover(SHOP, Claim(date(2026, 11, 2), delivered=date(2026, 11, 9)), None, TODAY)
        assert found
        assert (found.statutory_until, found.commercial_until) == (date(2028, 11, 9), date(2031, 11, 9))

    def test_gives_nothing_where_no_day_is_known(self) -> None:
        assert cover(SHOP, Claim(product="Lamp"), None, TODAY) is None


def repaired(claim: Claim | None, country: str | None = None, at: datetime = START) -> Claim | None:
    return after_repair(replace(samples.ticket(), claim=claim, country=country), samples.context(at))


class TestARepair:
    def test_makes_the_laws_period_12_months_longer_once(self) -> None:
        bought = Claim(date(2026, 8, 10))
        once = repaired(bought)
        assert once == replace(bought, repaired=START.date())
        assert repaired(once, at=START + 40 * DAY) == once
        found = cover(SHOP, once, None, TODAY)
        assert found
        assert (found.statutory_until, found.commercial_until) == (date(2029, 8, 10), date(2031, 8, 10))

    def test_does_so_where_the_day_is_not_known(self) -> None:
        assert repaired(None) == Claim(repaired=START.date())

    @pytest.mark.parametrize(
        ("claim", "country"),
        [
            (Claim(date(2026, 8, 10)), "GB"),  # not in the EU
            (Claim(date(2026, 7, 30)), None),  # sold before the directive applies
            (None, "US"),
        ],
    )
    def test_changes_nothing_elsewhere_or_for_earlier_sales(self, claim: Claim | None, country: str | None) -> None:
        assert repaired(claim, country) == claim

    def test_after_the_laws_period_changes_nothing(self) -> None:
        claim = Claim(date(2026, 8, 10))
        assert repaired(claim, at=START.replace(year=2028)) == claim


def reject(
    delivered: date | None, remedy: Remedy | None = None, country: str = "GB"
) -> tuple[date | None, bool] | None:
    ticket = replace(samples.ticket(), claim=Claim(delivered=delivered), remedy=remedy, country=country)
    found = rejection(ticket, SHOP, TODAY)
    return (found.until, found.over) if found else None


class TestTheRightToReject:
    def test_ends_30_days_after_the_delivery(self) -> None:
        assert reject(date(2026, 10, 26)) == (TODAY, False)
        assert reject(date(2026, 10, 25)) == (TODAY - DAY, True)

    def test_is_the_united_kingdoms_and_needs_the_day(self) -> None:
        assert reject(date(2026, 10, 26), country="DE") is None
        assert reject(None) is None

    @pytest.mark.parametrize("kind", [RemedyKind.REPAIR, RemedyKind.REPLACEMENT])
    def test_stands_still_during_a_repair_or_replacement(self, kind: RemedyKind) -> None:
        asked = datetime(2026, 11, 1, 12, tzinfo=UTC)
        under_way = Remedy(kind, OwedBy.SELLER, asked, "ada@northlight.example")
        assert reject(date(2026, 10, 20), under_way) == (None, False)
        done = replace(under_way, done_at=asked + 5 * DAY)
        assert reject(date(2026, 10, 20), done) == (date(2026, 11, 24), True)
        late = replace(under_way, done_at=asked + 20 * DAY)
        assert reject(date(2026, 10, 20), late) == (date(2026, 12, 9), False)

    def test_leaves_at_least_7_days_after_a_repair(self) -> None:
        asked = datetime(2026, 11, 18, 12, tzinfo=UTC)  # with one day left
        done = Remedy(RemedyKind.REPAIR, OwedBy.SELLER, asked, "ada@northlight.example", done_at=asked + 3 * DAY)
        assert reject(date(2026, 10, 20), done) == (date(2026, 11, 28), False)

    def test_is_not_revived_by_a_repair_that_was_asked_for_later(self) -> None:
        asked = datetime(2026, 11, 21, 12, tzinfo=UTC)
        late = Remedy(RemedyKind.REPAIR, OwedBy.SELLER, asked, "ada@northlight.example", done_at=asked + DAY)
        assert reject(date(2026, 10, 20), late) == (date(2026, 11, 19), True)


class TestChoice:
    """What a consumer in the EU is told before goods are repaired or replaced."""

    BOUGHT = Claim(purchased=date(2026, 8, 10))

    def of(self, kind: RemedyKind = RemedyKind.REPAIR, **changes: object) -> Choice | None:
        remedy = Remedy(kind, OwedBy.SELLER, START, "ada@northlight.example")
        ticket = replace(samples.ticket(), remedy=remedy, claim=self.BOUGHT, country="DE", topic="faulty")
        return choice(replace(ticket, **changes), SHOP, TODAY)  # type: ignore[arg-type]

    @pytest.mark.parametrize("kind", RemedyKind)
    def test_is_between_repair_and_replacement(self, kind: RemedyKind) -> None:
        shown = self.of(kind)
        assert (shown is not None) == (kind in (RemedyKind.REPAIR, RemedyKind.REPLACEMENT))

    def test_says_that_a_repair_prolongs_the_period_only_where_it_does(self) -> None:
        assert self.of() == Choice(LONGER_AFTER_REPAIR)
        assert self.of(claim=None) == Choice(LONGER_AFTER_REPAIR)  # not known: the benefit of the doubt
        assert self.of(claim=Claim(purchased=date(2026, 7, 30))) == Choice(None)
        assert self.of(claim=replace(self.BOUGHT, repaired=date(2026, 10, 1))) == Choice(None)

    @pytest.mark.parametrize(("country", "told"), [("DE", True), ("ES", True), (None, True), ("GB", False)])
    def test_is_told_by_the_consumers_country(self, country: str | None, told: bool) -> None:
        assert (self.of(country=country) is not None) is told

    def test_is_told_of_no_goods_that_could_not_be_repaired_and_after_no_mistake_of_the_customer(self) -> None:
        for topic in ("not_received", "wrong_item"):
            assert self.of(topic=topic) is None
        assert self.of(finding=Finding(Fault.CUSTOMER, "So", START, "ada@northlight.example")) is None
        assert self.of(finding=Finding(Fault.COURIER, "So", START, "ada@northlight.example")) is not None

    def test_is_not_told_when_it_is_done(self) -> None:
        done = Remedy(RemedyKind.REPAIR, OwedBy.SELLER, START, "ada@northlight.example", done_at=START)
        assert self.of(remedy=done) is None
