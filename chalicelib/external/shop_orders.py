"""Orders of Shopify (GraphQL Admin API) and WooCommerce (REST API), read with a key that may read and do nothing
else."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import urllib3

from chalicelib.errors import ShopApiError
from chalicelib.external.shopify_orders import ShopifyOrders
from chalicelib.services.ports.events.shop_api import Page

if TYPE_CHECKING:
    from chalicelib.rules.events.source_keys import Api

_TIMEOUT = urllib3.Timeout(connect=3, read=20)
# Fifty orders of 250 lines.
_MAX_BYTES = 16_000_000
_PAGE = 50
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class ShopOrders:
    """Implements services.ports.events.shop_api.ShopApi."""

    def __init__(self) -> None:
        self._http = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)
        self._shopify = ShopifyOrders(lambda *asked: self._ask(*asked)[0])

    def orders(self, source: str, api: "Api", since: datetime, place: str = "") -> Page:
        moment = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if source == "shopify":
            return self._shopify.page(api.url, api.key, moment, place)
        if source == "woocommerce":
            return self._woocommerce(api, moment, place)
        raise ShopApiError("this source has no API that we read")

    def _woocommerce(self, api: "Api", since: str, place: str) -> Page:
        number = int(place or 1)
        query = {
            "modified_after": since, "dates_are_gmt": "true", "orderby": "modified", "order": "asc",
            "per_page": _PAGE, "page": number,
        }  # fmt: skip
        proof = base64.b64encode(api.key.encode()).decode()
        address = f"{api.url.rstrip('/')}/wp-json/wc/v3/orders?{urlencode(query)}"
        body, headers = self._ask("GET", address, {"Authorization": f"Basic {proof}"})
        last = headers.get("x-wp-totalpages", "")
        more = last.isascii() and last.isdigit() and len(last) < 7 and number < int(last)
        return Page(body, str(number + 1) if more else "")

    def _ask(
        self, method: str, address: str, proof: Mapping[str, str], content: bytes | None = None
    ) -> tuple[bytes, Mapping[str, str]]:
        headers = {"Accept": "application/json", "User-Agent": "Aftercare", **proof}
        try:
            answer = self._http.request(
                method, _safe(address), body=content, headers=headers, redirect=False, preload_content=False
            )
            with answer:
                body = answer.read(_MAX_BYTES + 1, decode_content=False)
        except urllib3.exceptions.HTTPError as error:
            raise ShopApiError(type(error).__name__) from error
        if answer.status != 200 or len(body) > _MAX_BYTES:
            raise ShopApiError(f"status {answer.status}, {len(body)} bytes")
        return body, {name.lower(): value for name, value in answer.headers.items()}


def _safe(url: str) -> str:
    """The address, if nobody on the way can read the key. Raises ShopApiError."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ShopApiError("an address without TLS")
    return url
