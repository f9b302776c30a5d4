"""The policy of tests contains every key, and each is read as it is meant."""

import re
import tomllib
from datetime import UTC, date, datetime

import pytest

from chalicelib.external.holidays_calendar import holidays_of, unknown_calendar
from chalicelib.rules.policy.grammar import SHOP_FIELDS
from chalicelib.rules.policy.model import KINDS, Policy
from chalicelib.rules.timing.periods import due, parse
from tests.support import shipped, shops

TEXT = shops.FILE.read_text("utf-8")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return shops.policy()


def test_it_has_both_shops_in_full(policy: Policy) -> None:
    northlight, kettle = policy.shop("northlight"), policy.shop("kettle")
    assert list(policy.shops) == ["northlight", "kettle"]
    assert (northlight.name, northlight.prefix, northlight.support) == (
        "Northlight Lamps",
        "NL",
        "care@help.northlight.example",
    )
    assert (kettle.name, kettle.prefix, kettle.support) == ("Kettle & Co", "KC", "help@care.kettle.example")
    assert (northlight.aliases, kettle.aliases) == (("care@northlight.example",), ("help@kettle.example",))
    assert northlight.languages == ("en", "de")
    assert kettle.languages == ("en",)
    assert set(northlight.origins) == {"https://www.northlight.example", "https://northlight.example"}
    assert {agent.role for agent in northlight.agents} == {"agent", "owner"}
    assert {party.role for party in northlight.third_parties} == {"courier", "manufacturer", "service"}
    assert {country for body in northlight.bodies for country in body.countries} >= {"DE", "AT", "NL", "GB"}
    for shop in policy.shops.values():
        assert tuple(shop.kinds) == KINDS
        assert shop.topics


def test_its_promises_are_read(policy: Policy) -> None:
    for shop in policy.shops.values():
        complaint, request = shop.kinds["complaint"], shop.kinds["data_request"]
        assert complaint.first_answer == parse("2 working days")
        assert complaint.resolve == parse("30 days")
        assert complaint.extension is not None
        assert not complaint.pause_first_answer
        assert request.resolve == parse("1 month")
        assert request.extension is not None
        assert request.extension.limit == parse("2 months")
        assert all(kind.acknowledge == parse("5 minutes") for kind in shop.kinds.values())


def test_a_third_party_without_periods_uses_the_shops(policy: Policy) -> None:
    shop = policy.shop("northlight")
    courier, manufacturer, _ = shop.third_parties
    assert (courier.answer, courier.reminder) == (parse("3 working days"), shop.referrals.reminder)
    assert (manufacturer.answer, manufacturer.reminder) == (shop.referrals.answer, shop.referrals.reminder)


def test_its_holidays_are_read(policy: Policy) -> None:
    northlight, kettle = (holidays_of(policy.shop(id)) for id in ("northlight", "kettle"))
    assert northlight(date(2027, 3, 8))  # International Women's Day, in Berlin
    assert not kettle(date(2027, 3, 8))
    assert northlight(date(2026, 12, 24)) == northlight(date(2030, 12, 24)) == "Heiligabend"
    assert kettle(date(2026, 12, 28))  # for Boxing Day, a Saturday
    assert not northlight(date(2026, 12, 28))
    for shop in policy.shops.values():
        assert unknown_calendar(shop) is None


def test_its_working_days_skip_its_holidays(policy: Policy) -> None:
    shop = policy.shop("northlight")
    start = datetime(2026, 12, 23, 14, tzinfo=UTC)  # Wednesday, 15:00 in Berlin; then Heiligabend and Christmas Day
    assert due(start, parse("1 working day"), shop.hours, holidays_of(shop)) == datetime(2026, 12, 28, 14, tzinfo=UTC)


def test_every_key_is_explained_in_the_file_or_by_its_own_words() -> None:
    """What a key promises, and to whom, is explained where it first appears."""
    assert list(shipped.unexplained(TEXT)) == []
    assert list(shipped.unexplained(TEXT.replace("# how long the link", "# the link"))) == []
    assert list(shipped.unexplained(re.sub(r"(link_days = 90) .*", r"\1", TEXT))) == ["link_days"]


def test_every_key_of_a_shop_stands_in_the_file() -> None:
    """Except keys such as `every_kind`, which stand only in the defaults. A key that is missing here belongs into the
    shipped policy too: a shop copies its keys from there."""
    raw = tomllib.loads(TEXT)
    assert SHOP_FIELDS.keys() <= raw["defaults"].keys() | set().union(*raw["shops"].values())
    assert set(shipped.EXPLAINED_ABOVE + shipped.EXPLAINED_BESIDE) <= set(shipped.keys(raw))
