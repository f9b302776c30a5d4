"""What a read policy answers: its shops, agents, words, dispute bodies, retention, and warnings."""

from datetime import date

import pytest

from chalicelib.errors import UnknownShop
from chalicelib.rules.policy.model import ClosedDay, Policy, Shop
from chalicelib.rules.timing.periods import parse
from tests.support import samples, shops

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return shops.policy()


@pytest.fixture(scope="module")
def shop(policy: Policy) -> Shop:
    return policy.shop("northlight")


def test_shops_are_found_by_id_address_and_prefix(policy: Policy, shop: Shop) -> None:
    assert policy.shop_of(" Care@Help.Northlight.EXAMPLE ") is shop
    assert policy.shop_of("care@kettle.example") is None
    assert policy.shop_of("ada@help.northlight.example") is None
    with pytest.raises(UnknownShop, match="'nowhere'"):
        policy.shop("nowhere")


def test_agents_are_found_by_address_in_any_case(shop: Shop) -> None:
    agent = shop.agent(" ADA@northlight.example")
    assert agent is not None
    assert agent.name == "Ada Lindqvist"
    assert shop.agent("eve@northlight.example") is None


def test_words_come_in_the_language_asked_for_or_the_shops_first(shop: Shop) -> None:
    label = shop.kinds["complaint"].label
    assert shop.text(label, "de") == "Beschwerde"
    assert shop.text(label, "fr") == shop.text(label, None) == shop.text(label, "") == "Complaint"
    assert shop.text({"de": "nur"}, "en") == "nur"
    assert shop.text({}, "en") == ""


def test_the_domain_is_that_of_the_support_address(shop: Shop) -> None:
    assert shop.domain == "help.northlight.example"


@pytest.mark.parametrize(
    "address", ["care@northlight.example", " Care@NORTHLIGHT.example", "care+x@northlight.example"]
)
def test_an_alias_is_the_shops_own_address(policy: Policy, shop: Shop, address: str) -> None:
    assert shop.is_ours(address)
    assert policy.shop_of(address) is shop
    assert not policy.shop("kettle").is_ours(address)
    assert shop.addresses == ("care@help.northlight.example", "care@northlight.example")


def test_topics_go_by_kind_and_bodies_by_kind_and_country(shop: Shop) -> None:
    assert {topic.id: topic.kinds for topic in shop.topics}["product"] == ("question", "feedback")
    assert [body.countries for body in shop.bodies_for("de", "complaint")] == [("DE",)]
    assert [body.kinds for body in shop.bodies_for("DE", "data_request")] == [("data_request", "privacy_complaint")]
    assert shop.bodies_for("DE", "question") == ()


def test_retention_goes_by_outcome_where_the_policy_says_so(shop: Shop) -> None:
    complaint = shop.kinds["complaint"]
    assert complaint.retention() == complaint.retention("upheld") == parse("3 years")
    assert complaint.retention("spam") == parse("30 days")


def test_escalation_steps_are_found_by_stage(shop: Shop) -> None:
    steps = list(shop.kinds["complaint"].steps("daily"))
    assert [step.mail for step in steps] == [("assignee", "owner")]
    assert not list(shop.kinds["complaint"].steps("never"))


def test_a_closed_day_applies_to_one_year_or_to_every_year() -> None:
    yearly, once = ClosedDay("x", 12, 24), ClosedDay("x", 12, 24, 2026)
    assert yearly.falls_on(date(2026, 12, 24))
    assert yearly.falls_on(date(2027, 12, 24))
    assert once.falls_on(date(2026, 12, 24))
    assert not once.falls_on(date(2027, 12, 24))
    assert not once.falls_on(date(2026, 12, 25))


def test_a_language_that_the_shop_has_not_is_its_first() -> None:
    shop = samples.northlight()
    assert [shop.spoken(wanted) for wanted in ("de", "en", "fr", "", "\ud800")] == ["de", "en", "en", "en", "en"]
