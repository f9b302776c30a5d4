"""What is close to a rule of `policy-check`: a kinder shop is never found, a worse one is, however it says it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.checking import wording
from chalicelib.rules.checking.checking import RULES, check, watched
from chalicelib.rules.policy.model import ClosedDay
from chalicelib.rules.policy.promises import Extension
from chalicelib.rules.timing.periods import Period, Unit, parse
from tests.support import shops
from tests.unit.rules.checking.test_checking import BREAKS, TODAY, Change, both, facts, kind, part, shop, text, without

MON_TO_SUN = shop(hours=replace(facts().shop.hours, week=(facts().shop.hours.week[0],) * 7))
MON_TO_THU = shop(hours=replace(facts().shop.hours, week=(*facts().shop.hours.week[:4], (), (), ())))
NATIONAL = {"GB": "0118 496 0123", "DE": "0911 2310 123", "FI": "09 310 12345", "IT": "089 123456", "ES": "910 123 456"}

BRITISH = shop(bodies=shops.policy().shop("kettle").bodies)


def guarantees(statutory: str, **by_country: str) -> Change:
    countries = {country: parse(period) for country, period in by_country.items()}
    return part("guarantees", statutory=parse(statutory), statutory_by_country=countries)


def returns(period: str, words: str) -> Change:
    return both(part("withdrawal", period=parse(period)), text("returns", words))


def found(change: Change) -> set[str]:
    return {each.rule.id for each in check(change(facts()))}


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("acknowledged-late", kind("return", acknowledge="1 working day")),
        ("never-answered", kind("question", first_answer=None, resolve="2 working days")),
        ("answered-late", kind("complaint", first_answer=None, resolve="10 days")),
        ("refund-over-14-days", kind("return", resolve="5 working days")),
        ("withdrawal-refund-late", part("withdrawal", refund=parse("7 working days"))),
        ("withdrawal-period-short", part("withdrawal", period=parse("100 days"))),
        ("withdrawal-period-short", part("withdrawal", period=parse("1 month"))),
        ("withdrawal-period-short", part("withdrawal", period=parse("10 working days"))),
        ("withdrawal-send-back-short", part("withdrawal", send_back=parse("30 days"))),
        ("delivery-over-30-days", part("orders", deliver=parse("15 working days"))),
        ("order-confirmed-late", part("orders", confirm=parse("1 working day"))),
        ("order-refund-over-14-days", part("orders", refund=parse("7 working days"))),
        ("privacy-complaint-late", kind("privacy_complaint", acknowledge="1 working day")),
        ("privacy-complaint-silent", kind("privacy_complaint", progress=None, resolve="10 days", extension=None)),
        ("data-request-over-1-month", kind("data_request", resolve="10 working days")),
        ("data-request-extended", kind("data_request", extension=Extension(parse("60 days"), 2))),
        ("guarantee-too-short-uk", guarantees("2 years", GB="6 years", ES="3 years")),
        ("guarantee-too-short", guarantees("2 years", GB="6 years", ES="3 years")),
        ("guarantee-too-short", guarantees("24 months", ES="36 months")),
        ("guarantee-too-short", guarantees("10 years")),
        ("commercial-is-shorter", both(guarantees("10 years"), part("guarantees", commercial=parse("10 years")))),
        ("kept-shorter-than-guaranteed", both(guarantees("10 years"), kind("warranty", retain="10 years"))),
        ("link-ends-early", shop(link_days=3650)),
        ("not-reopened", shop(reopen_days=1)),
        ("quarantined-long", shop(quarantine=parse("2 days"))),
        ("closed-days-ended", part("holidays", extra=(ClosedDay("Stocktaking", 12, 31),))),
        ("no-opening", both(part("channels", opening={}), part("channels", phone=None))),
        ("returns-without-period", returns("30 days", "You have 30 days, in German 30 Tage.")),
        ("returns-without-period", returns("30 days", "Within thirty\ncalendar days. Dreißig Tage.")),
        ("returns-without-period", returns("30 days", "A **30-day** right to withdraw. Innerhalb von **30 Tagen**.")),
        ("returns-without-period", returns("100 days", "100 days, 100 Tage")),
        ("returns-without-period", returns("14 days", "Two weeks. Zwei Wochen.")),
        ("returns-without-period", returns("1 month", "A month. Einen Monat.")),
        ("returns-without-period", returns("1 year", "Twelve months. Zwölf Monate.")),
        ("returns-without-period", returns("24 months", "2 years. 2 Jahre.")),
        ("returns-without-period", without("returns")),
        ("privacy-without-authority", both(BRITISH, text("privacy", "The *Information*\nCommissioner’s Office"))),
        ("privacy-without-authority", text("privacy", "See <https://www.datenschutz-berlin.de>.")),
        ("privacy-without-contact", lambda f: text("privacy", f"Write to {f.shop.channels.post}.")(f)),
        ("accessibility-without-contact", lambda f: text("accessibility", f"Call {f.shop.channels.phone}.")(f)),
        (
            "calls-recorded-untold",
            both(part("channels", calls_recorded=True), text("privacy", "We record calls. Wir zeichnen Anrufe auf.")),
        ),
        ("not-secure", shop(url="HTTPS://www.northlight.example")),
    ],
)  # fmt: skip
def test_a_kinder_shop_is_not_found(rule: str, change: Change) -> None:
    assert rule not in found(change)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("acknowledged-late", kind("return", acknowledge="2 working days")),
        ("refund-over-14-days", kind("return", resolve="10 working days")),  # two weeks, but not at Easter
        ("withdrawal-refund-late", part("withdrawal", refund=parse("10 working days"))),
        ("withdrawal-refund-late", both(MON_TO_THU, part("withdrawal", refund=parse("8 working days")))),
        ("withdrawal-period-short", part("withdrawal", period=parse("9 working days"))),
        ("withdrawal-period-short", both(MON_TO_SUN, part("withdrawal", period=parse("10 working days")))),
        ("data-request-over-1-month", kind("data_request", resolve="22 working days")),
        ("data-request-over-1-month", kind("data_request", resolve="31 days")),
        ("privacy-complaint-silent", kind("privacy_complaint", progress=None, resolve="10 days")),  # it can be extended
        ("privacy-complaint-silent", kind("privacy_complaint", resolve=None)),
        ("guarantee-too-short-uk", guarantees("6 years", GB="2 years")),
        ("guarantee-too-short", guarantees("2 years")),  # Spain
        ("guarantee-too-short", guarantees("6 years", FR="1 year")),
        ("kept-shorter-than-guaranteed", both(guarantees("2 years", GB="6 years"), kind("warranty", retain="4 years"))),
        ("commercial-is-shorter", part("guarantees", commercial=parse("24 months"))),
        ("answered-late", kind("complaint", first_answer=None, resolve="15 days")),
        ("not-secure", shop(url="HTTP://www.northlight.example")),
        ("returns-without-period", returns("30 days", "You have 14 days. 14 Tage.")),
        ("returns-without-period", returns("30 days", "You have 130 days. 130 Tage.")),
        ("returns-without-period", returns("14 days", "You have 14 working days. 14 Arbeitstage.")),
        ("returns-without-period", returns("7 days", "You have 7 days. 7 Tage.")),
        ("returns-without-period", text("returns", "14 days")),
        ("privacy-without-authority", text("privacy", "There is an authority.")),
        (
            "calls-recorded-untold",
            both(part("channels", calls_recorded=True), text("privacy", "We keep records of your orders. Call us.")),
        ),
        ("closed-platform", text("privacy", "https://EC.europa.eu/consumers/odr/main")),
        ("closed-platform", text("terms", "https://webgate.ec.europa.eu/odr/main/?event=main.home.show")),
        ("closed-platform", text("terms", "[here](http://ec.europa.eu/odr)")),
        ("closed-platform", lambda facts: replace(facts, said={"ready reply late (en)": "https://ec.europa.eu/odr"})),
        ("closed-platform", shop(terms_url="https://ec.europa.eu/consumers/odr")),
        ("closed-platform", part("channels", opening={"en": "Mo to Fr; disputes: https://ec.europa.eu/odr"})),
    ],
)  # fmt: skip
def test_a_worse_one_is(rule: str, change: Change) -> None:
    assert rule in found(change)


@pytest.mark.parametrize(("country", "phone"), NATIONAL.items())
def test_ordinary_numbers_of_a_country_cost_nothing_more(country: str, phone: str) -> None:
    assert "premium-number" not in found(both(shop(country=country), part("channels", phone=phone)))


@pytest.mark.parametrize("phone", ["0800 123 4567", "+44 800 123 4567", "0049 911 2310 123", "+39 089 123456"])
def test_nor_do_free_ones_and_those_dialled_from_abroad(phone: str) -> None:
    assert "premium-number" not in found(part("channels", phone=phone))


@pytest.mark.parametrize(
    ("country", "phone"),
    [
        ("DE", "01805 123 456"), ("DE", "0049 180 5 123456"), ("DE", "0137-777"), ("DE", "11833"),
        ("AT", "0900 123456"), ("AT", "+43 (0)820 123"), ("GB", "0871 200 2000"), ("GB", "0844 123 4567"),
        ("GB", "+44 (0) 905 123 456"), ("ES", "902 123 456"), ("IT", "199 123 123"), ("FR", "0 892 12 34 56"),
    ],
)  # fmt: skip
def test_numbers_that_cost_more_do_so_by_their_country(country: str, phone: str) -> None:
    assert "premium-number" in found(both(shop(country=country), part("channels", phone=phone)))


@given(st.integers(1, 99), st.sampled_from([Unit.DAYS, Unit.MONTHS, Unit.YEARS, Unit.WORKING_DAYS]))
def test_a_text_states_a_period_and_no_other(amount: int, unit: Unit) -> None:
    period, next_one = Period(amount, unit), Period(amount + 1, unit)
    assert wording.states(f"Within {period}.", period, "en")
    assert not wording.states(f"Within {next_one}.", period, "en")
    assert not wording.states(f"Within {period}.", next_one, "en")


def test_health_names_what_the_policy_alone_shows_for_the_shops_own_country() -> None:
    """Documents and other markets are left to the check: without texts, nothing is said about texts."""
    assert watched(facts().shop, TODAY) == ()
    named = {rule.id for rule in RULES if rule.watched}
    for id in named - {"no-privacy-complaints", "privacy-complaint-late", "privacy-complaint-silent"}:
        broken = BREAKS[id](facts()).shop
        if id == "closed-platform":
            first, *others = broken.bodies
            broken = replace(broken, bodies=(replace(first, url="https://ec.europa.eu/consumers/odr"), *others))
        if id == "no-body":
            broken = replace(broken, bodies=tuple(body for body in broken.bodies if "DE" not in body.countries))
        assert id in {each.rule.id for each in watched(broken, TODAY)}, id
    british = replace(BREAKS["no-privacy-complaints"](facts()).shop, country="GB")
    assert "no-privacy-complaints" in {each.rule.id for each in watched(british, TODAY)}
    assert not {rule.id for rule in RULES if rule.watched} & {"no-terms", "never-reviewed", "returns-without-period"}


def test_a_finding_says_what_its_rule_and_source_are() -> None:
    (one,) = watched(
        replace(facts().shop, holidays=replace(facts().shop.holidays, extra=(ClosedDay("x", 5, 2, 2025),))),
        date(2026, 1, 1),
    )
    assert str(one) == "closed_days end with 2025. [closed-days-ended: the shop's own calendar]"
