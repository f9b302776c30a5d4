"""A server on this machine that plays the order lists of Shopify and WooCommerce: paged, with their proofs."""

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.web.serving import OnSocket, QuietHandler, serving

TOKEN, PAIR = "shpat_of_tests", "ck_of_tests:cs_of_tests"


@dataclass(slots=True)
class ShopServer:
    """`orders`: as each system writes them. `status`: of every answer. `asked`: the paths with their queries."""

    orders: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"shopify": [], "woocommerce": []})
    page: int = 2
    status: int = 200
    padding: int = 0
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(path)
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self.status != 200:
            return self.status, {"location": "http://elsewhere.example"}, b"{}"
        if parts.path.startswith("/admin/api/"):
            return self._shopify(query, headers)
        return self._woocommerce(query, headers)

    def _shopify(self, query: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if headers.get("x-shopify-access-token") != TOKEN:
            return 401, {}, b"{}"
        if "page_info" in query:
            # The API refuses other conditions beside a place in the list.
            assert set(query) == {"page_info", "limit"}
            since, start = query["page_info"].split("|")
        else:
            assert query["status"] == "any"
            since, start = query["updated_at_min"], "0"
        found = self._changed("shopify", "updated_at", since)
        shown = found[int(start) : int(start) + self.page]
        more = int(start) + self.page
        link = f'<{self.url}/admin/api/2026-07/orders.json?limit=50&page_info={since}%7C{more}>; rel="next"'
        return 200, ({"link": link} if more < len(found) else {}), json.dumps({"orders": shown}).encode()

    def _woocommerce(self, query: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if headers.get("authorization") != "Basic " + base64.b64encode(PAIR.encode()).decode():
            return 401, {}, b"{}"
        found = self._changed("woocommerce", "date_modified_gmt", query["modified_after"])
        start = (int(query["page"]) - 1) * self.page
        pages = -(-len(found) // self.page)
        return 200, {"x-wp-totalpages": str(pages)}, json.dumps(found[start : start + self.page]).encode()

    def _changed(self, source: str, name: str, since: str) -> list[dict[str, Any]]:
        return sorted(
            (order for order in self.orders[source] if _moment(order[name]) >= _moment(since)),
            key=lambda order: _moment(order[name]),
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text if text[-1] == "Z" or "+" in text else f"{text}Z")


@contextmanager
def shop_server() -> Iterator[ShopServer]:
    played = ShopServer()

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, body = played.answer(self.path, headers)
            body += b" " * played.padding
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = OnSocket(socket.create_server(("127.0.0.1", 0)), Handler)
    with closing_server(server), serving(server, "shop"):
        played.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield played


@contextmanager
def closing_server(server: ThreadingHTTPServer) -> Iterator[None]:
    """Close its socket at the end."""
    try:
        yield
    finally:
        server.server_close()
