"""What webhooks missed is read from the systems' own lists, and what they brought is not recorded twice."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import pytest

from chalicelib.errors import InvalidEvent
from chalicelib.rules.events.mapping import events_of
from chalicelib.rules.events.source_keys import Api, SourceKeys
from chalicelib.rules.events.sources import Source, Unmapped
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.services.events import receiving
from chalicelib.services.events.catching_up import catch_up_orders
from chalicelib.services.orders.recording import Recorded
from tests.support.events.bodies import hook
from tests.support.store.fakes import FakeRun, World
from tests.support.store.hooks import FakeShopApi

SHOP = "northlight"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, OrderEvent]:
    found: dict[str, OrderEvent] = {}

    def record(deps: Any, shop: str, source: str, events: Sequence[OrderEvent]) -> Recorded:
        new = [event for event in events if event.id not in found]
        found.update({event.id: event for event in new})
        return Recorded.APPLIED if new else Recorded.DUPLICATE

    monkeypatch.setattr(receiving, "record", record)
    return found


@pytest.fixture
def api(world: World, kept: dict[str, OrderEvent]) -> FakeShopApi:
    world.clock.advance(days=10)
    for source in (Source.SHOPIFY, Source.WOOCOMMERCE):
        world.source_keys[SHOP, source] = SourceKeys("a-secret-of-tests", api=Api("https://shop.example", "key"))
    world.source_keys[SHOP, Source.OWN] = SourceKeys("a-secret-of-tests")
    return cast(FakeShopApi, world.deps.shop_api)


def order(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(hook(Source.SHOPIFY, "orders_updated").body)
    whole["fulfillments"] = [json.loads(hook(Source.SHOPIFY, "fulfillments_update").body)]
    whole["refunds"] = [json.loads(hook(Source.SHOPIFY, "refunds_create").body)]
    return whole | changes


def of_shopify(*orders: dict[str, Any]) -> bytes:
    return json.dumps({"orders": orders}).encode()


def of_woocommerce(*names: str) -> bytes:
    return json.dumps([json.loads(hook(Source.WOOCOMMERCE, name).body) for name in names]).encode()


def test_what_no_webhook_brought_is_read_whole(world: World, api: FakeShopApi, kept: dict[str, OrderEvent]) -> None:
    api.pages = {"shopify": [of_shopify(order())], "woocommerce": [of_woocommerce("order_updated_refunded")]}
    assert catch_up_orders(world.deps, {}, FakeRun()) == {"read": 2, "news": 2, "complete": True}
    for number in ("1001", "727"):
        kinds = {event.kind for event in kept.values() if event.number == number}
        assert kinds >= {EventKind.PLACED, EventKind.CHANGED, EventKind.PAID, EventKind.SENT, EventKind.REFUNDED}


def test_what_webhooks_brought_is_no_news(world: World, api: FakeShopApi, kept: dict[str, OrderEvent]) -> None:
    for name in ("orders_create", "orders_paid", "orders_updated", "fulfillments_update", "refunds_create"):
        each = hook(Source.SHOPIFY, name)
        events = events_of(each.source, each.delivery, each.body)
        assert not isinstance(events, Unmapped)
        kept |= {event.id: event for event in events}
    api.pages = {"shopify": [of_shopify(order())], "woocommerce": [b"[]"]}
    assert catch_up_orders(world.deps, {}, FakeRun()) == {"read": 1, "news": 0, "complete": True}


def test_the_next_run_begins_where_the_last_one_began(world: World, api: FakeShopApi) -> None:
    api.pages = {"shopify": [of_shopify()], "woocommerce": [b"[]"]}
    began = world.clock.at
    catch_up_orders(world.deps, {}, FakeRun())
    world.clock.advance(hours=1)
    catch_up_orders(world.deps, {}, FakeRun())
    first, second = (since for source, since, _ in api.asked if source == "shopify")
    assert (first, second) == (began - timedelta(days=2), began - timedelta(minutes=10))


def test_a_run_without_time_is_gone_on_with(world: World, api: FakeShopApi, kept: dict[str, OrderEvent]) -> None:
    pages = [
        of_shopify(order(name=f"#{day}", updated_at=f"2026-11-{day}T10:00:00Z", fulfillments=[], refunds=[]))
        for day in (24, 25, 26)
    ]
    api.pages = {"shopify": pages, "woocommerce": [b"[]"]}
    assert catch_up_orders(world.deps, {}, FakeRun(steps=2)) == {"read": 2, "news": 2, "complete": False}
    assert {event.number for event in kept.values()} == {"24", "25"}
    catch_up_orders(world.deps, {}, FakeRun())
    again = [since for source, since, place in api.asked if source == "shopify" and not place][1]
    assert again.isoformat() == "2026-11-25T09:50:00+00:00"
    assert {event.number for event in kept.values()} == {"24", "25", "26"}


def test_a_source_that_does_not_answer_stops_no_other(world: World, api: FakeShopApi) -> None:
    api.pages = {"woocommerce": [of_woocommerce("order_updated_processing", "order_created")]}
    told = catch_up_orders(world.deps, {}, FakeRun())
    assert told == {"read": 2, "news": 1, "complete": True, "failed": ["northlight/shopify"]}
    assert world.store.read_until(SHOP, "shopify") is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"orders": 1}', b"null", b'{"errors": "x"}'])
def test_an_answer_of_another_form_is_no_list(world: World, api: FakeShopApi, body: bytes) -> None:
    api.pages = {"shopify": [body], "woocommerce": [b"[]"]}
    told = catch_up_orders(world.deps, {}, FakeRun())
    assert told["read"] == 0
    assert told["failed"] == ["northlight/shopify"]


def test_an_order_that_can_not_be_read_stops_no_other(world: World, api: FakeShopApi) -> None:
    api.pages = {"shopify": [of_shopify({"id": 1}, order())], "woocommerce": [b"[]"]}
    assert catch_up_orders(world.deps, {}, FakeRun())["read"] == 2


def test_it_takes_no_fields(world: World, api: FakeShopApi) -> None:
    with pytest.raises(InvalidEvent):
        catch_up_orders(world.deps, {"shop": SHOP}, FakeRun())
