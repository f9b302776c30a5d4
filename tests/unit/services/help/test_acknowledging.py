"""What an acknowledgement has beside the promises: articles, or for a complaint facts on its order."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.rules.orders.events import OrderEvent
from chalicelib.rules.policy.promises import KINDS, NO_ARTICLES
from chalicelib.rules.tickets.ticket import Person, State, Ticket, evolve
from chalicelib.services.help import acknowledging
from chalicelib.services.orders.commits import ref_of
from tests.support import samples
from tests.support.orders.made import MIRA, NUMBER, placed, sent, taken
from tests.support.store.fakes import World


def asking(text: str = "My parcel is delayed.", **changes: Any) -> Ticket:
    return samples.ticket(**({"subject": "", "text": text, "language": "en", "kind": "question"} | changes))


@pytest.mark.parametrize("kind", KINDS)
def test_articles_are_for_what_may_have_an_answer(world: World, kind: str) -> None:
    said = acknowledging.helpful(world.deps, world.shop, asking(kind=kind))
    assert bool(said.get("articles")) is (kind == "question")
    if kind in NO_ARTICLES:
        assert acknowledging.articles(world.deps, world.shop, asking(kind=kind)) == ()


def test_at_most_two_are_named_with_the_button(world: World) -> None:
    said = acknowledging.helpful(world.deps, world.shop, asking("parcel late, which bulb fits, send back, return"))
    assert 1 <= len(said["articles"]) <= acknowledging.MOST
    assert "/a/" in said["answered_url"]


def test_none_is_named_that_does_not_answer(world: World) -> None:
    assert acknowledging.helpful(world.deps, world.shop, asking("Do you like tulips?")) == {}


def test_in_quarantine_nothing_is_named(world: World) -> None:
    assert acknowledging.articles(world.deps, world.shop, evolve(asking(), state=State.QUARANTINED)) == ()


def by(carrier: str, at: datetime) -> OrderEvent:
    event = sent(at)
    assert event.parcel
    return replace(event, parcel=replace(event.parcel, carrier=carrier))


class TestComplaints:
    def facts(self, world: World, **changes: Any) -> Any:
        now = world.clock()
        number = "1001"
        order = taken(placed(now), sent(now), at=now)
        world.deps.orders.commit_order(replace(order, ref=ref_of(world.deps, "northlight", number), number=number))
        told: dict[str, Any] = {"kind": "complaint", "order_number": number, "person": Person("Mira", MIRA)}
        ticket = asking(**(told | changes))
        return acknowledging.helpful(world.deps, world.shop, ticket)["order_facts"]

    def test_they_get_what_is_known_of_their_order(self, world: World) -> None:
        facts = self.facts(world)
        assert facts["number"] == "1001"
        assert [parcel["sent_at"] for parcel in facts["parcels"]] == [world.clock()]

    @pytest.mark.parametrize(
        ("said", "shown"), [("royal-mail", "Royal Mail"), ("DHL", "DHL"), ("dhl", "DHL"), ("DHL Paket", "DHL Paket")]
    )
    def test_carriers_have_their_proper_names(self, world: World, said: str, shown: str) -> None:
        now = world.clock()
        order = taken(placed(now), by(said, now), at=now)
        world.deps.orders.commit_order(replace(order, ref=ref_of(world.deps, "northlight", NUMBER)))
        ticket = asking(kind="complaint", order_number=NUMBER, person=Person("Mira", MIRA))
        facts = acknowledging.helpful(world.deps, world.shop, ticket)["order_facts"]
        assert [parcel["carrier"] for parcel in facts["parcels"]] == [shown]

    @pytest.mark.parametrize("changes", [{"order_number": None}, {"order_number": "1002"}])
    def test_without_an_order_there_are_none(self, world: World, changes: dict[str, Any]) -> None:
        assert self.facts(world, **changes) is None

    def test_nobody_gets_another_persons_order(self, world: World) -> None:
        assert self.facts(world, person=Person("Mira", "somebody@else.example")) is None
