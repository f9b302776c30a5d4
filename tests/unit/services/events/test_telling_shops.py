"""What customers choose goes out to the shop's own system: signed, once for each choice, and until it is taken."""

import importlib.util
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.events import signatures
from chalicelib.rules.events.source_keys import OUT, SourceKeys
from chalicelib.rules.events.sources import Source
from chalicelib.rules.orders import choices
from chalicelib.rules.orders.duties import telling
from chalicelib.rules.orders.events import Alternative, EventKind
from chalicelib.rules.orders.order import Choice, Order
from chalicelib.rules.orders.steps import step
from chalicelib.rules.tickets.outbox import Purpose
from chalicelib.services.events.telling_shops import tell_shops
from chalicelib.services.operations import source_checks
from chalicelib.services.orders.commits import change
from tests.support.orders import made
from tests.support.store import fakes
from tests.support.store.fakes import FakeRun, World
from tests.support.store.hooks import FakeShopWebhook

SECRET, URL = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "https://shop.example/aftercare"
OTHER = (Alternative("LAMP-2", "Lamp Grace", 4_900),)


@pytest.fixture
def world() -> World:
    """A shop whose system wants to be told, and an order of which a line is out of stock."""
    made_world = fakes.world()
    made_world = made_world.with_shop(orders=replace(made_world.shop.orders, webhook=URL))
    made_world.source_keys["northlight", OUT] = SourceKeys(SECRET)
    at = made_world.clock.at
    order = made.taken(made.placed(at), made.out_of_stock(at, alternatives=OTHER), at=at)
    made_world.store.commit_order(replace(order, version=1))
    return made_world


def system(world: World) -> FakeShopWebhook:
    return cast(FakeShopWebhook, world.deps.shop_webhook)


def chooses(world: World, choice: Choice, sku: str = "") -> Order:
    order = world.store.orders[made.REF]
    return change(world.deps, order, lambda order, context: choices.choose(order, "l1", choice, sku, context))


def tells(world: World) -> dict[str, Any]:
    return tell_shops(world.deps, {}, FakeRun())


def bodies(world: World) -> list[dict[str, Any]]:
    return [json.loads(body) for _, _, body in system(world).got]


class TestTelling:
    def test_it_goes_out_once_for_each_choice(self, world: World) -> None:
        chooses(world, Choice.CANCEL)
        assert system(world).got == []
        assert tells(world) == {"told": 1, "waiting": 0, "given_up": 0}
        chooses(world, Choice.CANCEL)
        assert tells(world)["told"] == 0
        world.clock.advance(hours=1)
        chooses(world, Choice.ALTERNATIVE, "LAMP-2")
        assert tells(world)["told"] == 1
        assert [(each["data"]["choice"], each["data"].get("alternative")) for each in bodies(world)] == [
            ("cancel", None),
            ("alternative", "LAMP-2"),
        ]
        ids = [headers["webhook-id"] for _, headers, _ in system(world).got]
        assert len(set(ids)) == 2

    def test_it_says_what_was_chosen_and_nothing_of_the_customer(self, world: World) -> None:
        order = chooses(world, Choice.WAIT)
        tells(world)
        (url, _, body), at = system(world).got[0], world.clock.at.isoformat().replace("+00:00", "Z")
        assert url == URL
        assert json.loads(body) == {
            "type": "choice.made",
            "timestamp": at,
            "shop": "northlight",
            "data": {
                "order": "1001", "line": "l1", "choice": "wait", "by_silence": False, "reference": order.ref,
            },
        }  # fmt: skip
        assert not any(word in body.decode() for word in ("Mira", made.MIRA, "Weg 1", "10115"))

    def test_it_is_signed_as_the_door_would_check_it_by_both_secrets_while_they_change(self, world: World) -> None:
        keys = world.source_keys["northlight", OUT].rotated("whsec_bmV3IHNlY3JldCBvZiB0ZXN0cw==", world.clock.at)
        world.source_keys["northlight", OUT] = keys
        chooses(world, Choice.CANCEL)
        tells(world)
        _, headers, body = system(world).got[0]
        for secret in (SECRET, keys.current):
            assert signatures.authentic(Source.OWN, headers, body, [secret], world.clock.at)
        assert not signatures.authentic(Source.OWN, headers, body + b" ", [SECRET], world.clock.at)

    def test_silence_is_told_too(self, world: World) -> None:
        world.clock.advance(days=8)
        change(world.deps, world.store.orders[made.REF], step)
        tells(world)
        (said,) = (each["data"] for each in bodies(world) if each["data"]["by_silence"])
        assert said["choice"] == "cancel"

    def test_a_shop_without_a_webhook_is_told_nothing_and_stores_nothing(self, world: World) -> None:
        world.with_shop(orders=replace(world.shop.orders, webhook=""))
        chooses(world, Choice.CANCEL)
        assert not world.store.outgoing
        assert tells(world) == {"told": 0, "waiting": 0, "given_up": 0}

    def test_it_stays_a_task_until_an_event_proves_it_done(self, world: World) -> None:
        chooses(world, Choice.CANCEL)
        tells(world)
        order = world.store.orders[made.REF]
        assert [each.done_at for each in order.choices] == [None]
        basket = replace(made.BASKET, lines=(made.BULB,))
        done = made.taken(
            made.event(EventKind.CHANGED, world.clock.at + timedelta(hours=1), basket=basket),
            at=world.clock.at + timedelta(hours=1),
            order=order,
        )
        assert all(each.done_at for each in done.choices)
        assert telling.outgoing(order, done) == ()


class TestFailing:
    def test_it_is_tried_with_the_same_id_and_bytes_until_it_is_taken(self, world: World) -> None:
        chooses(world, Choice.CANCEL)
        system(world).fails = True
        assert tells(world)["waiting"] == 1
        assert tells(world)["waiting"] == 0
        world.clock.advance(minutes=6)
        assert tells(world)["waiting"] == 1
        system(world).fails = False
        world.clock.advance(minutes=16)
        assert tells(world)["told"] == 1
        got = [(headers["webhook-id"], body) for _, headers, body in system(world).got]
        assert len(got) == 3
        assert len(set(got)) == 1

    def test_after_the_last_try_it_is_given_up_and_the_owner_and_health_say_so(self, world: World) -> None:
        chooses(world, Choice.CANCEL)
        system(world).fails = True
        for _ in range(20):
            tells(world)
            world.clock.advance(days=2)
        assert len(system(world).got) == 8
        order = world.store.orders[made.REF]
        assert [(each.purpose, each.about) for each in order.letters][-1] == (Purpose.ORDER_TASK, "untold l1")
        (found,) = source_checks.untold(world.deps)
        assert "1 choices of customers of northlight" in found[0]
        assert order.ref in found[0]

    def test_a_newer_choice_takes_the_place_of_one_that_waits(self, world: World) -> None:
        chooses(world, Choice.CANCEL)
        system(world).fails = True
        tells(world)
        world.clock.advance(minutes=10)
        chooses(world, Choice.WAIT)
        system(world).fails = False
        tells(world)
        world.clock.advance(days=2)
        tells(world)
        assert [each["data"]["choice"] for each in bodies(world)] == ["cancel", "wait"]

    def test_without_a_secret_nothing_goes_out_and_it_waits(self, world: World) -> None:
        world.source_keys.clear()
        chooses(world, Choice.CANCEL)
        assert tells(world)["waiting"] == 1
        assert system(world).got == []

    def test_a_run_without_time_leaves_the_rest(self, world: World) -> None:
        chooses(world, Choice.CANCEL)
        assert tell_shops(world.deps, {}, FakeRun(steps=0)) == {"told": 0, "waiting": 0, "given_up": 0}
        assert tells(world)["told"] == 1

    def test_of_two_runs_at_once_one_sends(self, world: World) -> None:
        chooses(world, Choice.CANCEL)
        (event,) = world.store.untold("northlight")
        world.store.claim_event(event, telling.tried(event, world.clock.at))
        stale = replace(world.deps, outgoing=Stale(world.store, event))
        assert tell_shops(stale, {}, FakeRun())["waiting"] == 1
        assert system(world).got == []

    def test_an_event_with_fields_is_refused(self, world: World) -> None:
        with pytest.raises(InvalidEvent):
            tell_shops(world.deps, {"shop": "northlight"}, FakeRun())


class Stale:
    """Outgoing events as another run saw them a moment ago."""

    def __init__(self, store: Any, event: telling.OutgoingEvent) -> None:
        self._event = event
        self.claim_event, self.told = store.claim_event, store.told

    def untold(self, shop: str) -> list[telling.OutgoingEvent]:
        return [self._event] if shop == self._event.shop else []


class TestSnippet:
    """docs/connect/receive_choice.py, which shops copy."""

    @pytest.fixture
    def verified(self) -> Callable[..., Any]:
        path = Path(__file__).parents[4] / "docs/connect/receive_choice.py"
        spec = importlib.util.spec_from_file_location("receive_choice", path)
        assert spec
        assert spec.loader
        snippet = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(snippet)
        return cast(Callable[..., Any], snippet.verified)

    def test_takes_what_we_send_and_nothing_else(self, world: World, verified: Callable[..., Any]) -> None:
        chooses(world, Choice.CANCEL)
        tells(world)
        _, headers, body = system(world).got[0]
        now = world.clock.at.timestamp()
        assert verified(headers, body, SECRET, now)
        for wrong in (
            (headers, body + b" ", SECRET, now),
            (headers, body, "whsec_bm90IG91cnM=", now),
            (headers, body, SECRET, now + 301),
            ({}, body, SECRET, now),
        ):
            assert not verified(*wrong)
