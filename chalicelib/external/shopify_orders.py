"""Orders of Shopify's GraphQL Admin API, which new apps have to use, written as its webhooks write them: one mapper
reads both, and the same facts have the same ids.

First the list of what changed is read, then each order by itself, its parcels and its refunds: a question may cost a
thousand points, and it costs as much as it could return at most.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.errors import ShopApiError
from chalicelib.external.shopify_forms import child, listed, nodes, written
from chalicelib.services.ports.events.shop_api import Page

VERSION = "2026-10"
PAGE, LINES, MOST_LINES = 25, 80, 400
_MONEY = "{ shopMoney { amount currencyCode } }"
_ADDRESS = "{ name company address1 address2 zip city province countryCodeV2 phone }"
_CHANGED = """query Changed($first: Int!, $after: String, $query: String!) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor } nodes { id } } }"""
_LINE_ITEMS = f"""lineItems(first: $lines, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{
  id title variantTitle sku quantity requiresShipping originalUnitPriceSet {_MONEY}
  discountAllocations {{ allocatedAmountSet {_MONEY} }} }} }}"""
_ORDER = f"""query Order($id: ID!, $lines: Int!, $after: String) {{ order(id: $id) {{
  legacyResourceId name createdAt updatedAt cancelledAt cancelReason email phone customerLocale
  customerAcceptsMarketing currencyCode taxesIncluded displayFinancialStatus displayFulfillmentStatus
  paymentGatewayNames totalPriceSet {_MONEY} totalTaxSet {_MONEY}
  shippingAddress {_ADDRESS} billingAddress {_ADDRESS}
  shippingLines(first: 5) {{ nodes {{ title originalPriceSet {_MONEY}
    discountAllocations {{ allocatedAmountSet {_MONEY} }} }} }}
  {_LINE_ITEMS} }} }}"""
_MORE_LINES = f"query Lines($id: ID!, $lines: Int!, $after: String) {{ order(id: $id) {{ {_LINE_ITEMS} }} }}"
_PARCELS = """query Parcels($id: ID!) { order(id: $id) { fulfillments(first: 8) {
  legacyResourceId status displayStatus createdAt updatedAt trackingInfo(first: 3) { company number url }
  fulfillmentLineItems(first: 50) { nodes { quantity lineItem { id } } } } } }"""
_REFUNDS = f"""query Refunds($id: ID!) {{ order(id: $id) {{ refunds(first: 8) {{ legacyResourceId createdAt
  transactions(first: 4) {{ nodes {{ kind status amountSet {_MONEY} }} }}
  refundLineItems(first: 40) {{ nodes {{ quantity lineItem {{ id }} }} }} }} }} }}"""
_NOTHING_SENT, _NOTHING_BACK = ("UNFULFILLED",), ("PENDING", "AUTHORIZED", "PAID", "PARTIALLY_PAID", "EXPIRED")

Ask = Callable[[str, str, Mapping[str, str], bytes], bytes]
"""Asks a server: method, address, headers, body. Raises ShopApiError."""


class ShopifyOrders:
    """`ask`: how servers are asked."""

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._clock = clock
        self._tokens: dict[tuple[str, str], tuple[str, float]] = {}

    def page(self, url: str, key: str, since: str, place: str) -> Page:
        """A page of the orders that changed since then. `key`: an access token, or "client id:client secret" of an app
        of the Dev Dashboard. Raises ShopApiError."""
        shop, token = url.rstrip("/"), self._token(url.rstrip("/"), key)
        asked = {"first": PAGE, "after": place or None, "query": f"updated_at:>='{since}'"}
        found = child(self._query(shop, token, _CHANGED, asked), "orders")
        ids = [str(node.get("id", "")) for node in nodes(found)]
        orders = [order for id in ids if (order := self._order(shop, token, id))]
        info = child(found, "pageInfo")
        following = str(info.get("endCursor") or "") if info.get("hasNextPage") else ""
        return Page(json.dumps({"orders": orders}).encode(), following)

    def _order(self, shop: str, token: str, id: str) -> dict[str, Any] | None:
        """One order as a webhook writes it; None if it is gone meanwhile."""
        asked: dict[str, Any] = {"id": id, "lines": LINES, "after": None}
        order = child(self._query(shop, token, _ORDER, asked), "order")
        if not order:
            return None
        lines, part = nodes(child(order, "lineItems")), child(order, "lineItems")
        while child(part, "pageInfo").get("hasNextPage") and len(lines) < MOST_LINES:
            asked["after"] = child(part, "pageInfo").get("endCursor")
            part = child(child(self._query(shop, token, _MORE_LINES, asked), "order"), "lineItems")
            lines = [*lines, *nodes(part)]
        unsent = order.get("displayFulfillmentStatus") in _NOTHING_SENT
        unrefunded = order.get("displayFinancialStatus") in _NOTHING_BACK
        parcels = {} if unsent else child(self._query(shop, token, _PARCELS, {"id": id}), "order")
        refunds = {} if unrefunded else child(self._query(shop, token, _REFUNDS, {"id": id}), "order")
        return written(order, lines, listed(parcels, "fulfillments"), listed(refunds, "refunds"))

    def _token(self, shop: str, key: str) -> str:
        """The access token: the key itself, or what Shopify gives for an app's own credentials, for a day."""
        id, colon, secret = key.partition(":")
        if not colon:
            return key
        known, until = self._tokens.get((shop, key), ("", 0.0))
        if known and self._clock() < until:
            return known
        body = {"grant_type": "client_credentials", "client_id": id, "client_secret": secret}
        answer = self._json("POST", f"{shop}/admin/oauth/access_token", {}, body)
        token, lasts = answer.get("access_token"), answer.get("expires_in", 0)
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ShopApiError("no access token")
        self._tokens[shop, key] = token, self._clock() + (lasts - 600 if isinstance(lasts, int) else 0)
        return token

    def _query(self, shop: str, token: str, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of an answer. GraphQL answers 200 to a question that it refuses."""
        address = f"{shop}/admin/api/{VERSION}/graphql.json"
        answer = self._json(
            "POST", address, {"X-Shopify-Access-Token": token}, {"query": query, "variables": variables}
        )
        if answer.get("errors"):
            raise ShopApiError(f"refused: {_code(answer['errors'])}")
        return child(answer, "data")

    def _json(self, method: str, address: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        content = self._ask(method, address, {"Content-Type": "application/json", **headers}, json.dumps(body).encode())
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise ShopApiError("not as its documentation says")
        return answer


def _code(errors: Any) -> str:
    """The code of the first error, without what it says of the shop."""
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code = str(child(first, "extensions").get("code") or "")
    return code[:40] if code.isascii() and code.replace("_", "").isalnum() else "an error"
