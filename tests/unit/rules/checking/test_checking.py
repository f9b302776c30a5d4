"""Each rule of `policy-check`: a shop that breaks it, and one that does not."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.rules.checking.checking import RULES, check, clean
from chalicelib.rules.checking.rule import Facts, Severity
from chalicelib.rules.documents.published import DOCUMENTS, Edition, Review, Version
from chalicelib.rules.policy.countries import EU
from chalicelib.rules.policy.model import ClosedDay, Shop
from chalicelib.rules.policy.promises import Adverts, Extension, Outcome
from chalicelib.rules.timing.periods import parse
from tests.support import shops

TODAY = date(2026, 11, 25)
CLOSED = "https://ec.europa.eu/consumers/odr"
TEXT = (
    "# T\n\nFourteen days, vierzehn Tage. Write to care@help.northlight.example, or to the Berliner Beauftragte für "
    "Datenschutz und Informationsfreiheit. Calls are recorded."
)
Change = Callable[[Facts], Facts]


def version(
    document: str, reviewed_on: date | None = date(2026, 10, 20), languages: tuple[str, ...] = ("en", "de")
) -> Version:
    review = Review("Dr. Maja Brandt", reviewed_on) if reviewed_on else None
    return Version(
        document, date(2026, 11, 1), date(2026, 11, 1), None, dict.fromkeys(languages, Edition("T", "0" * 64, review))
    )


def facts() -> Facts:
    """A shop that breaks no rule, in all countries for which its policy names a body."""
    shop = shops.policy().shop("northlight")
    keep = {name: replace(kind, retain=parse("6 years")) for name, kind in shop.kinds.items() if name != "question"}
    keep["complaint"] = replace(keep["complaint"], resolve=parse("15 working days"))
    shop = replace(
        shop,
        kinds={**shop.kinds, **keep},
        adverts=Adverts("consent"),
        guarantees=replace(
            shop.guarantees,
            statutory=parse("6 years"),
            commercial=parse("10 years"),
            given_by="producer",
            covers="whole",
            notice=dict.fromkeys(("en", "de"), "https://www.northlight.example/notice.png"),
        ),
    )
    texts = {document: {"en": TEXT, "de": TEXT} for document in DOCUMENTS}
    return Facts(shop, tuple(map(version, DOCUMENTS)), texts, frozenset(["DE", "AT", "GB", "FR", "ES"]), TODAY)


def shop(**changes: Any) -> Change:
    return lambda facts: replace(facts, shop=replace(facts.shop, **changes))


def kind(name: str, **changes: Any) -> Change:
    def change(facts: Facts) -> Facts:
        changed: dict[str, Any] = {k: parse(v) if isinstance(v, str) else v for k, v in changes.items()}
        kinds = {**facts.shop.kinds, name: replace(facts.shop.kinds[name], **changed)}
        return replace(facts, shop=replace(facts.shop, kinds=kinds))

    return change


def part(name: str, **changes: Any) -> Change:
    """A part of the shop, such as its channels, changed."""
    return lambda facts: replace(
        facts, shop=replace(facts.shop, **{name: replace(getattr(facts.shop, name), **changes)})
    )


def bodies(change: Callable[[Any], Any]) -> Change:
    return lambda facts: replace(facts, shop=replace(facts.shop, bodies=tuple(map(change, facts.shop.bodies))))


def text(document: str, words: str) -> Change:
    return lambda facts: replace(facts, texts={**facts.texts, document: {"en": words, "de": words}})


def without(document: str) -> Change:
    return lambda facts: replace(facts, texts={k: v for k, v in facts.texts.items() if k != document})


def versions(*found: Version) -> Change:
    return lambda facts: replace(facts, versions=found)


def both(*changes: Change) -> Change:
    def change(facts: Facts) -> Facts:
        for each in changes:
            facts = each(facts)
        return facts

    return change


BREAKS: Mapping[str, Change] = {
    "resolve-over-30-days": kind("complaint", resolve="31 days"),
    "resolve-missing": kind("complaint", resolve=None),
    "resolve-over-15-working-days": kind("complaint", resolve="16 working days"),
    "extension-over-30-days": kind("complaint", extension=Extension(parse("31 days"), 1)),
    "extended-often": kind("complaint", extension=Extension(parse("30 days"), 2)),
    "acknowledged-late": kind("return", acknowledge="2 days"),
    "never-answered": kind("question", first_answer=None, resolve=None),
    "answered-late": kind("complaint", first_answer="15 days"),
    "not-escalated": kind("complaint", escalation=()),
    "refund-over-14-days": kind("return", resolve="15 days"),
    "refund-missing": kind("return", resolve=None),
    "remedied-late": shop(remedy=parse("31 days")),
    "delivery-over-30-days": part("orders", deliver=parse("31 days")),
    "order-confirmed-late": part("orders", confirm=parse("2 working days")),
    "order-refund-over-14-days": part("orders", refund=parse("15 days")),
    "no-withdrawal-function": kind("withdrawal", offered=False),
    "withdrawal-period-short": part("withdrawal", period=parse("13 days")),
    "withdrawal-refund-late": part("withdrawal", refund=parse("15 days")),
    "withdrawal-send-back-short": part("withdrawal", send_back=parse("13 days")),
    "no-privacy-complaints": kind("privacy_complaint", offered=False),
    "privacy-complaint-late": kind("privacy_complaint", acknowledge="31 days"),
    "privacy-complaint-silent": kind("privacy_complaint", progress=None),
    "review-without-basis": shop(review_request=parse("2 days"), adverts=Adverts("none")),
    "notice-on-own-forms": shop(adverts=Adverts("existing_customer")),
    "no-notice-on-guarantees": part("guarantees", notice={}),
    "nameless-guarantee": part("guarantees", given_by=None),
    "data-request-over-1-month": kind("data_request", resolve="2 months"),
    "data-request-missing": kind("data_request", resolve=None),
    "data-request-extended": kind("data_request", extension=Extension(parse("3 months"), 1)),
    "kept-too-short": kind("complaint", retain="2 years"),
    "kept-shorter-than-guaranteed": kind("warranty", retain="5 years"),
    "kept-too-long": kind("question", retain="4 years"),
    "spam-kept": kind("question", retain_for={Outcome.SPAM: parse("1 year")}),
    "quarantined-long": shop(quarantine=parse("31 days")),
    "link-ends-early": shop(link_days=14),
    "not-reopened": shop(reopen_days=0),
    "guarantee-too-short": part("guarantees", statutory=parse("23 months")),
    "guarantee-too-short-uk": part("guarantees", statutory=parse("4 years")),
    "commercial-is-shorter": part("guarantees", commercial=parse("2 years")),
    "closed-platform": text("terms", f"See {CLOSED}."),
    "body-unchecked": bodies(lambda body: replace(body, checked=TODAY - timedelta(days=366))),
    "no-body": bodies(lambda body: replace(body, countries=tuple(c for c in body.countries if c != "AT"))),
    "no-authority": bodies(lambda body: replace(body, kinds=("complaint",))),
    "premium-number": part("channels", phone="+49 900 5 12345"),
    "no-phone": part("channels", phone=None),
    "no-post": part("channels", post=None),
    "no-opening": part("channels", opening={}),
    "language-lacks": shop(languages=("en",)),
    "not-secure": shop(url="http://www.northlight.example"),
    "nobody-told": lambda facts: shop(agents=tuple(replace(a, notify=False) for a in facts.shop.agents))(facts),
    "alone": lambda facts: shop(agents=facts.shop.agents[1:2])(facts),
    "closed-days-ended": part("holidays", extra=(ClosedDay("Move", 5, 15, 2025),)),
    "hard-to-write": part("limits", per_address_day=2),
    "no-terms": both(without("terms"), shop(terms_url=None)),
    "no-returns": without("returns"),
    "no-delivery": without("delivery"),
    "no-guarantees": without("guarantees"),
    "no-privacy": without("privacy"),
    "no-accessibility": without("accessibility"),
    "never-reviewed": versions(version("terms", None)),
    "review-is-old": versions(version("terms", date(2025, 10, 1))),
    "document-language-lacks": lambda facts: replace(facts, texts={**facts.texts, "terms": {"en": TEXT}}),
    "returns-without-period": text("returns", "Send it back at any time."),
    "privacy-without-authority": text("privacy", "care@help.northlight.example"),
    "privacy-without-contact": text("privacy", "We keep your data."),
    "accessibility-without-contact": text("accessibility", "All is well."),
    "calls-recorded-untold": both(part("channels", calls_recorded=True), text("privacy", "We keep your data.")),
}
BY_ID = {rule.id: rule for rule in RULES}


def test_every_rule_has_a_name_of_its_own_and_a_case() -> None:
    assert len(BY_ID) == len(RULES) >= 40
    assert BY_ID.keys() == BREAKS.keys()


def test_a_shop_that_keeps_every_rule_is_clean() -> None:
    assert check(facts()) == ()


@pytest.mark.parametrize("id", BREAKS)
def test_a_shop_that_breaks_it_is_found(id: str) -> None:
    found = [each.sentence for each in check(BREAKS[id](facts())) if each.rule.id == id]
    assert found
    assert all(sentence.endswith((".", "?")) for sentence in found)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.markets], ids=lambda rule: rule.id)
def test_it_counts_only_in_its_markets(rule: Any) -> None:
    elsewhere = replace(BREAKS[rule.id](facts()), markets=frozenset(["US"]))
    assert rule.id not in {each.rule.id for each in check(elsewhere)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_says_where_it_comes_from_and_as_of_when(rule: Any) -> None:
    assert rule.source
    assert date(2026, 11, 1) <= rule.as_of <= date(2026, 11, 30)


def test_the_gravest_come_first_and_only_looks_are_clean() -> None:
    grave = both(kind("return", resolve="15 days"), shop(reopen_days=0, quarantine=parse("31 days")))
    found = check(grave(facts()))
    assert [each.rule.severity for each in found] == [Severity.BREACH, Severity.RISK, Severity.LOOK]
    assert not clean(found)
    assert clean(found[2:])


@pytest.mark.parametrize(
    ("market", "years", "broken"), [("ES", 2, True), ("ES", 3, False), ("DE", 2, False), ("DE", 1, True)]
)
def test_the_statutory_period_is_that_of_the_country(market: str, years: int, broken: bool) -> None:
    period = parse(f"{years} years" if years > 1 else "1 year")
    shorter = part("guarantees", statutory=period, statutory_by_country={})
    found = {each.rule.id for each in check(replace(shorter(facts()), markets=frozenset([market])))}
    assert ("guarantee-too-short" in found) is broken
    assert market in EU


@pytest.mark.parametrize("phone", ["0900 123456", "+49 137 123", "+44 909 879 0000", "+34 803 123 456"])
def test_numbers_that_cost_more_are_recognised(phone: str) -> None:
    assert "premium-number" in {each.rule.id for each in check(part("channels", phone=phone)(facts()))}


@pytest.mark.parametrize("shop", shops.policy().shops.values(), ids=lambda shop: shop.id)
def test_ordinary_numbers_are_not(shop: Shop) -> None:
    assert "premium-number" not in {each.rule.id for each in check(replace(facts(), shop=shop))}
