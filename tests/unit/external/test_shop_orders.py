"""Orders read from the systems' own lists, played by a server on this machine."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.errors import ShopApiError
from chalicelib.external import shop_orders, shopify_orders
from chalicelib.external.shop_orders import ShopOrders
from chalicelib.rules.events import mapping
from chalicelib.rules.events.source_keys import Api
from chalicelib.rules.events.sources import Source
from chalicelib.rules.orders.events import EventKind
from tests.support.events.bodies import hook
from tests.support.events.shop_server import APP, PAIR, TOKEN, ShopServer, shop_server

SINCE = datetime(2026, 11, 20, 9, tzinfo=UTC)
KEYS = {"shopify": TOKEN, "woocommerce": PAIR}


@pytest.fixture
def server() -> Iterator[ShopServer]:
    with shop_server() as played:
        for number in range(5):
            played.orders["shopify"].append(
                json.loads(hook(Source.SHOPIFY, "orders_create").body)
                | {"id": number, "name": f"#{number}", "updated_at": f"2026-11-2{number}T10:00:00Z"}
            )
            played.orders["woocommerce"].append(
                json.loads(hook(Source.WOOCOMMERCE, "order_updated_processing").body)
                | {"id": number, "number": str(number), "date_modified_gmt": f"2026-11-2{number}T10:00:00"}
            )
        yield played


def read(server: ShopServer, source: str, since: datetime = SINCE) -> list[list[dict[str, Any]]]:
    """All pages."""
    shop, pages, place = ShopOrders(), list[Any](), ""
    while True:
        page = shop.orders(source, Api(server.url, KEYS[source]), since, place)
        body = json.loads(page.body)
        pages.append(body["orders"] if source == "shopify" else body)
        place = page.next
        if not place:
            return pages


@pytest.mark.parametrize("source", KEYS)
def test_all_pages_are_read_in_the_order_of_change(server: ShopServer, source: str) -> None:
    pages = read(server, source)
    assert [[int(order["id"]) for order in page] for page in pages] == [[0, 1], [2, 3], [4]]
    assert [len(page) for page in read(server, source, SINCE.replace(day=23))] == [2]
    assert read(server, source, SINCE.replace(day=28)) == [[]]


@pytest.mark.parametrize("source", KEYS)
@pytest.mark.parametrize("status", [302, 401, 429, 500])
def test_another_answer_is_an_error_and_no_redirect_is_followed(server: ShopServer, source: str, status: int) -> None:
    server.status = status
    with pytest.raises(ShopApiError, match=f"status {status}"):
        read(server, source)
    assert len(server.asked) == 1


@pytest.mark.parametrize("source", KEYS)
def test_another_key_is_refused_there(server: ShopServer, source: str) -> None:
    with pytest.raises(ShopApiError, match="401"):
        ShopOrders().orders(source, Api(server.url, "another"), SINCE)


def test_an_answer_of_any_size_takes_little_memory(server: ShopServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop_orders, "_MAX_BYTES", 100_000)
    server.padding = 100_000
    with pytest.raises(ShopApiError, match="100001 bytes"):
        read(server, "shopify")


@pytest.mark.parametrize("url", ["http://shop.example", "ftp://127.0.0.1", "//127.0.0.1"])
def test_a_key_travels_by_tls_only(url: str) -> None:
    with pytest.raises(ShopApiError, match="without TLS"):
        ShopOrders().orders("shopify", Api(url, TOKEN), SINCE)


def test_nobody_there_is_an_error() -> None:
    with pytest.raises(ShopApiError):
        ShopOrders().orders("shopify", Api("http://127.0.0.1:1", TOKEN), SINCE)


def test_other_sources_have_no_list(server: ShopServer) -> None:
    with pytest.raises(ShopApiError):
        ShopOrders().orders("shopware", Api(server.url, TOKEN), SINCE)


class TestShopify:
    """What the API answers comes to the same events as what the webhooks say."""

    @pytest.mark.parametrize("name", ["orders_create", "orders_updated", "orders_cancelled", "orders_paid"])
    def test_an_order_is_read_as_its_webhook_says_it(self, server: ShopServer, name: str) -> None:
        order = json.loads(hook(Source.SHOPIFY, name).body)
        parcel = json.loads(hook(Source.SHOPIFY, "fulfillments_update").body)
        refund = json.loads(hook(Source.SHOPIFY, "refunds_create").body)
        more = {"financial_status": "partially_refunded", "fulfillments": [parcel], "refunds": [refund]}
        server.orders["shopify"] = [order | more]
        (page,) = read(server, "shopify", SINCE.replace(day=1))
        # The API is not asked for the customer, for which the key would need one more right.
        webhook = json.dumps({"orders": [{**order, **more, "customer": None}]}).encode()
        found = mapping.orders_of(Source.SHOPIFY, json.dumps({"orders": page}).encode())
        assert found == mapping.orders_of(Source.SHOPIFY, webhook)
        assert found
        assert {event.kind for event in found[0]} >= {EventKind.PLACED, EventKind.SENT, EventKind.REFUNDED}

    def test_an_apps_own_credentials_give_a_token_that_is_used_for_a_day(self, server: ShopServer) -> None:
        shop = ShopOrders()
        for _ in range(3):
            assert shop.orders("shopify", Api(server.url, APP), SINCE).body
        assert server.tokens == 1

    def test_wrong_credentials_are_refused(self, server: ShopServer) -> None:
        with pytest.raises(ShopApiError, match="401"):
            ShopOrders().orders("shopify", Api(server.url, "client-of-tests:wrong"), SINCE)

    @pytest.mark.parametrize("code", ["THROTTLED", "ACCESS_DENIED", "MAX_COST_EXCEEDED"])
    def test_a_question_that_is_refused_is_an_error_though_the_status_is_200(
        self, server: ShopServer, code: str
    ) -> None:
        server.refuses(code)
        with pytest.raises(ShopApiError, match=code):
            read(server, "shopify")

    def test_what_an_error_says_of_a_shop_is_not_passed_on(self, server: ShopServer) -> None:
        server.refuses("jana@example.com is not allowed")
        with pytest.raises(ShopApiError, match="an error"):
            read(server, "shopify")

    def test_no_question_can_cost_more_than_shopify_takes(self) -> None:
        """By its published rule: an object costs one point, a connection as many objects as it may return."""
        for query in (shopify_orders._CHANGED, shopify_orders._ORDER, shopify_orders._PARCELS, shopify_orders._REFUNDS):
            assert cost(query) <= 1_000, query


def cost(query: str) -> int:
    """What a question costs at most."""
    for name, number in (("$first", shopify_orders.PAGE), ("$lines", shopify_orders.LINES)):
        query = query.replace(f"first: {name}", f"first: {number}")
    words = re.findall(r"\{|\}|\w+(?:\([^)]*\))?", query[query.index("{") :])
    times, factor, total = [1], 1, 0
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "{":
            times.append(factor)
        elif word == "}":
            times.pop()
        elif following == "{":
            sized = re.search(r"first: (\d+)", word)
            factor = times[-1] * (int(sized[1]) if sized else 1)
            total += factor if word not in ("nodes", "pageInfo") else 0
    return total
