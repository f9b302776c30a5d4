"""A server on this machine that plays the APIs of Shopify and WooCommerce: paged, with their proofs."""

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

from chalicelib.external.shopify_orders import VERSION
from local.web.serving import OnSocket, QuietHandler, serving
from tests.support.events import shopify_graphql

TOKEN, PAIR, APP = "shpat_of_tests", "ck_of_tests:cs_of_tests", "client-of-tests:shpss_of_tests"


@dataclass(slots=True)
class ShopServer:
    """`orders`: as each system writes them. `status`: of every answer. `asked`: the paths with their queries."""

    orders: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"shopify": [], "woocommerce": []})
    page: int = 2
    status: int = 200
    padding: int = 0
    asked: list[str] = field(default_factory=list)
    url: str = ""
    tokens: int = 0
    _refused: dict[str, Any] = field(default_factory=dict)

    def answer(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(path)
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self.status != 200:
            return self.status, {"location": "http://elsewhere.example"}, b"{}"
        return self._woocommerce(query, headers)

    def post(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(path)
        if self.status != 200:
            return self.status, {"location": "http://elsewhere.example"}, b"{}"
        asked = json.loads(body)
        if path == "/admin/oauth/access_token":
            proven = (asked["client_id"], asked["client_secret"], asked["grant_type"])
            if proven != (*APP.split(":"), "client_credentials"):
                return 401, {}, b"{}"
            self.tokens += 1
            return 200, {}, json.dumps({"access_token": TOKEN, "expires_in": 86_399, "scope": "read_orders"}).encode()
        assert path == f"/admin/api/{VERSION}/graphql.json"
        if headers.get("x-shopify-access-token") != TOKEN:
            return 401, {}, b"{}"
        answer = self._refused or {"data": shopify_graphql.answer(self, asked["query"], asked["variables"])}
        return 200, {}, json.dumps(answer).encode()

    def _woocommerce(self, query: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if headers.get("authorization") != "Basic " + base64.b64encode(PAIR.encode()).decode():
            return 401, {}, b"{}"
        found = self.changed("woocommerce", "date_modified_gmt", query["modified_after"])
        start = (int(query["page"]) - 1) * self.page
        pages = -(-len(found) // self.page)
        return 200, {"x-wp-totalpages": str(pages)}, json.dumps(found[start : start + self.page]).encode()

    def refuses(self, code: str) -> None:
        """Answer from now on as GraphQL does: 200, with an error."""
        self._refused = {"errors": [{"message": "of Shopify", "extensions": {"code": code}}]}

    def changed(self, source: str, name: str, since: str) -> list[dict[str, Any]]:
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
            self.tell(status, told, body)

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            content = self.rfile.read(int(headers["content-length"]))
            status, told, body = played.post(self.path, headers, content)
            self.tell(status, told, body)

        def tell(self, status: int, told: dict[str, str], body: bytes) -> None:
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
