"""Shopify's GraphQL Admin API as far as orders are read from it: from orders in the form of webhooks, the answers."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.events.shop_server import ShopServer


def answer(server: "ShopServer", query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The data for a question; only what it asks for."""
    name = re.match(r"query (\w+)", query)
    assert name
    if name[1] == "Changed":
        since = re.fullmatch(r"updated_at:>='(.*)'", variables["query"])
        assert since
        assert "sortKey: UPDATED_AT" in query
        found = server.changed("shopify", "updated_at", since[1])
        start = int(variables["after"] or 0)
        ends = start + server.page
        info = {"hasNextPage": ends < len(found), "endCursor": str(ends)}
        return {
            "orders": {"pageInfo": info, "nodes": [{"id": _gid("Order", each["id"])} for each in found[start:ends]]}
        }
    order = next(each for each in server.orders["shopify"] if _gid("Order", each["id"]) == variables["id"])
    whole = _order(order, variables)
    # What was not asked for is not answered.
    asked = set(re.findall(r"\w+", query))
    return {"order": {key: value for key, value in whole.items() if key in asked}}


def _order(order: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
    start = int(variables.get("after") or 0)
    ends = start + min(variables.get("lines", 0), 2)
    lines = order["line_items"]
    return {
        "legacyResourceId": str(order["id"]),
        "name": order["name"],
        "createdAt": order["created_at"],
        "updatedAt": order["updated_at"],
        "cancelledAt": order["cancelled_at"],
        "cancelReason": _large(order["cancel_reason"]),
        "email": order["email"],
        "phone": order["phone"],
        "customerLocale": order["customer_locale"],
        "customerAcceptsMarketing": order["buyer_accepts_marketing"],
        "currencyCode": order["currency"],
        "taxesIncluded": order["taxes_included"],
        "displayFinancialStatus": _large(order["financial_status"]),
        "displayFulfillmentStatus": "FULFILLED" if order["fulfillments"] else "UNFULFILLED",
        "paymentGatewayNames": order["payment_gateway_names"],
        "totalPriceSet": _money(order["total_price"]),
        "totalTaxSet": _money(order["total_tax"]),
        "shippingAddress": _address(order["shipping_address"]),
        "billingAddress": _address(order["billing_address"]),
        "shippingLines": {
            "nodes": [
                {"title": each["title"], "originalPriceSet": _money(each["price"]), **_discounts(each)}
                for each in order["shipping_lines"]
            ]
        },
        "lineItems": {
            "pageInfo": {"hasNextPage": ends < len(lines), "endCursor": str(ends)},
            "nodes": list(map(_line, lines[start:ends])),
        },
        "fulfillments": list(map(_fulfillment, order["fulfillments"])),
        "refunds": list(map(_refund, order["refunds"])),
    }


def _line(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": _gid("LineItem", each["id"]),
        "title": each["title"],
        "variantTitle": each["variant_title"],
        "sku": each["sku"],
        "quantity": each["quantity"],
        "requiresShipping": each["requires_shipping"],
        "originalUnitPriceSet": _money(each["price"]),
        **_discounts(each),
    }


def _fulfillment(each: dict[str, Any]) -> dict[str, Any]:
    numbers, urls = each["tracking_numbers"], each["tracking_urls"]
    return {
        "legacyResourceId": str(each["id"]),
        "status": _large(each["status"]),
        "displayStatus": _large(each["shipment_status"]) or "FULFILLED",
        "createdAt": each["created_at"],
        "updatedAt": each["updated_at"],
        "trackingInfo": [
            {"company": each["tracking_company"], "number": number, "url": url}
            for number, url in zip(numbers, urls, strict=True)
        ],
        "fulfillmentLineItems": {
            "nodes": [
                {"quantity": part["quantity"], "lineItem": {"id": _gid("LineItem", part["id"])}}
                for part in each["line_items"]
            ]
        },
    }


def _refund(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "legacyResourceId": str(each["id"]),
        "createdAt": each["created_at"],
        "transactions": {
            "nodes": [
                {
                    "kind": _large(one["kind"]),
                    "status": _large(one["status"]),
                    "amountSet": _money(one["amount"], one["currency"]),
                }
                for one in each["transactions"]
            ]
        },
        "refundLineItems": {
            "nodes": [
                {"quantity": part["quantity"], "lineItem": {"id": _gid("LineItem", part["line_item_id"])}}
                for part in each["refund_line_items"]
            ]
        },
    }


def _discounts(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "discountAllocations": [{"allocatedAmountSet": _money(one["amount"])} for one in each["discount_allocations"]]
    }


def _address(each: dict[str, Any] | None) -> dict[str, Any] | None:
    names = ("name", "company", "address1", "address2", "zip", "city", "province", "phone")
    return {**{name: each[name] for name in names}, "countryCodeV2": each["country_code"]} if each else None


def _money(amount: str, currency: str = "EUR") -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": currency}}


def _gid(kind: str, id: Any) -> str:
    return f"gid://shopify/{kind}/{id}"


def _large(word: str | None) -> str | None:
    return word.upper() if word else None
