"""Orders read from the systems' own lists, played by a server on this machine."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.errors import ShopApiError
from chalicelib.external import shop_orders
from chalicelib.external.shop_orders import ShopOrders
from chalicelib.rules.events.source_keys import Api
from chalicelib.rules.events.sources import Source
from tests.support.events.bodies import hook
from tests.support.events.shop_server import PAIR, TOKEN, ShopServer, shop_server

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
    assert [[order["id"] for order in page] for page in pages] == [[0, 1], [2, 3], [4]]
    assert [len(page) for page in read(server, source, SINCE.replace(day=23))] == [2]
    assert read(server, source, SINCE.replace(day=28)) == [[]]
    asked = parse_qs(urlsplit(server.asked[0]).query)
    assert {"2026-11-20T09:00:00Z"} <= {value for values in asked.values() for value in values}


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
        ShopOrders().orders(source, Api(server.url, "of:another"), SINCE)


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
