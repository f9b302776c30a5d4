"""What agents note of money, repairs and deliveries, and what the customer reads of it in mails and on their page."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.exports import columns
from chalicelib.rules.tickets.ticket import Change
from chalicelib.services.customer import customer_page
from chalicelib.services.tickets import links
from tests.support import agents, samples
from tests.support.agents import MIRA, acts
from tests.support.store.fakes import World


def says(world: World) -> str:
    """The latest mail to the customer, with its lines joined."""
    agents.stream(world)
    return " ".join(world.mailer.to(MIRA)[-1].text.split())


def opened(world: World, language: str = "en", country: str | None = None) -> None:
    ticket = replace(samples.ticket(samples.REF, world.clock(), kind="warranty", language=language), country=country)
    world.store.commit(Change(ticket))
    agents.stream(world)


class TestMoney:
    @pytest.mark.parametrize(("language", "written"), [("en", "1250.50 EUR"), ("de", "1250,50 EUR")])
    def test_the_customer_reads_the_amount_in_their_language(self, world: World, language: str, written: str) -> None:
        opened(world, language)
        acts(world, "remedy", remedy_kind="price_reduction", amount="1250,50")
        acts(world, "conclude", outcome="upheld", text="You keep it for less.", settled=True)
        assert written in says(world)
        acts(world, "remedy_done")
        assert written in says(world)

    def test_it_is_in_the_shops_currency_unless_the_agent_says_another(self, world: World) -> None:
        opened(world)
        for named, currency in (({}, "EUR"), ({"currency": "GBP"}, "GBP")):
            acts(world, "remedy", remedy_kind="expenses", amount="12.50", **named)
            remedy = world.store.tickets[samples.REF].remedy
            assert remedy
            assert (remedy.amount, remedy.currency) == (1250, currency)

    def test_noting_the_same_again_changes_nothing(self, world: World) -> None:
        opened(world)
        fields = {"remedy_kind": "termination", "amount": "12.50"}
        assert acts(world, "remedy", **fields)["done"]
        assert not acts(world, "remedy", **fields)["done"]
        assert acts(world, "remedy", **fields | {"amount": "13"})["done"]

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"remedy_kind": "refund", "amount": "a lot"}, "amount"),
            ({"remedy_kind": "refund", "amount": "12", "currency": "DM"}, "currency"),
            ({"remedy_kind": "repair", "amount": "12"}, "amount"),
        ],
    )
    def test_what_is_no_amount_is_refused(self, world: World, fields: dict[str, str], field: str) -> None:
        opened(world)
        with pytest.raises(InvalidEvent, match=field):
            acts(world, "remedy", **fields)

    def test_exports_have_it_in_the_smallest_unit(self, world: World) -> None:
        opened(world)
        acts(world, "remedy", remedy_kind="goodwill", amount="5")
        exported = columns.Exported(world.store.tickets[samples.REF], ZoneInfo("Europe/Berlin"))
        row = columns.record(exported)
        assert (row["remedy_amount"], row["remedy_currency"]) == (500, "EUR")


class TestARepairThatIsDone:
    @pytest.mark.parametrize(
        ("claim", "sentence"),
        [
            ({"purchased": "2026-08-10"}, "lasts 12 months longer: until 10 August 2029."),
            ({"product": "Lamp"}, "lasts 12 months longer."),
            ({"purchased": "2026-03-01"}, None),
        ],
    )
    def test_says_how_much_longer_the_legal_guarantee_lasts(
        self, world: World, claim: dict[str, str], sentence: str | None
    ) -> None:
        opened(world)
        acts(world, "claim", **claim)
        acts(world, "remedy", remedy_kind="repair")
        acts(world, "remedy_done")
        said = says(world)
        assert (sentence in said) if sentence else ("12 months longer" not in said)

    def test_says_it_once_and_only_in_the_eu(self, world: World) -> None:
        opened(world)
        acts(world, "claim", purchased="2026-08-10")
        for told in (True, False):
            acts(world, "remedy", remedy_kind="repair")
            acts(world, "remedy_done")
            assert ("12 months longer" in says(world)) is told
            world.clock.advance(days=40)

    def test_stays_known_when_the_claim_is_corrected(self, world: World) -> None:
        opened(world)
        acts(world, "remedy", remedy_kind="repair")
        acts(world, "remedy_done")
        acts(world, "claim", purchased="2026-08-11", product="Lamp")
        claim = world.store.tickets[samples.REF].claim
        assert claim
        assert claim.repaired

    def test_adds_nothing_for_customers_elsewhere(self, world: World) -> None:
        opened(world, country="GB")
        acts(world, "remedy", remedy_kind="repair")
        acts(world, "remedy_done")
        assert "12 months longer" not in says(world)


class TestTheRightToReject:
    def test_is_on_the_customers_page_until_it_is_over(self, world: World) -> None:
        opened(world, country="GB")
        delivered = world.clock()
        acts(world, "claim", delivered=f"{delivered:%Y-%m-%d}")
        until = _seen(world)
        assert until
        world.clock.at = datetime(until[0], until[1], until[2], 12, tzinfo=UTC)
        assert _seen(world) == until

    def test_a_delivery_is_not_in_the_future(self, world: World) -> None:
        opened(world)
        with pytest.raises(InvalidEvent, match="delivered"):
            acts(world, "claim", delivered="2099-01-01")


def _seen(world: World) -> tuple[int, int, int] | None:
    """The day that the customer's page names."""
    ticket = world.store.tickets[samples.REF]
    view = customer_page.view(world.deps, links.status_url(world.deps, ticket).rpartition("/")[2])
    until = view.rejection.until if view.rejection else None
    return (until.year, until.month, until.day) if until else None
