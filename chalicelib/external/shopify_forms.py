"""An order as Shopify's GraphQL Admin API answers it, written as its webhooks write it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit


def written(
    order: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    fulfillments: Sequence[Mapping[str, Any]],
    refunds: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The order of the API in the form of a webhook's body."""
    return {
        "id": order.get("legacyResourceId"),
        "name": order.get("name"),
        "created_at": order.get("createdAt"),
        "updated_at": order.get("updatedAt"),
        "cancelled_at": order.get("cancelledAt"),
        "cancel_reason": _small(order.get("cancelReason")),
        "email": order.get("email"),
        "phone": order.get("phone"),
        "customer_locale": order.get("customerLocale"),
        "buyer_accepts_marketing": order.get("customerAcceptsMarketing"),
        "currency": order.get("currencyCode"),
        "taxes_included": order.get("taxesIncluded"),
        "financial_status": _small(order.get("displayFinancialStatus")),
        "payment_gateway_names": order.get("paymentGatewayNames"),
        "total_price": _amount(order, "totalPriceSet"),
        "total_tax": _amount(order, "totalTaxSet"),
        "shipping_address": _address(child(order, "shippingAddress")),
        "billing_address": _address(child(order, "billingAddress")),
        "shipping_lines": [
            {"title": each.get("title"), "price": _amount(each, "originalPriceSet"), **_discounts(each)}
            for each in nodes(child(order, "shippingLines"))
        ],
        "line_items": list(map(_line, lines)),
        "fulfillments": list(map(_fulfillment, fulfillments)),
        "refunds": list(map(_refund, refunds)),
    }


def _line(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": _number(found.get("id")),
        "title": found.get("title"),
        "variant_title": found.get("variantTitle"),
        "sku": found.get("sku"),
        "quantity": found.get("quantity"),
        "price": _amount(found, "originalUnitPriceSet"),
        "requires_shipping": found.get("requiresShipping"),
        **_discounts(found),
    }


def _fulfillment(found: Mapping[str, Any]) -> dict[str, Any]:
    tracking = listed(found, "trackingInfo")
    return {
        "id": found.get("legacyResourceId"),
        "status": _small(found.get("status")),
        "shipment_status": _small(found.get("displayStatus")),
        "created_at": found.get("createdAt"),
        "updated_at": found.get("updatedAt"),
        "tracking_company": next((each["company"] for each in tracking if each.get("company")), None),
        "tracking_numbers": [each["number"] for each in tracking if each.get("number")],
        "tracking_urls": [each["url"] for each in tracking if each.get("url")],
        "line_items": list(_parts(child(found, "fulfillmentLineItems"), "id")),
    }


def _refund(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": found.get("legacyResourceId"),
        "created_at": found.get("createdAt"),
        "transactions": [
            {
                "kind": _small(each.get("kind")),
                "status": _small(each.get("status")),
                "amount": _amount(each, "amountSet"),
                "currency": child(child(each, "amountSet"), "shopMoney").get("currencyCode"),
            }
            for each in nodes(child(found, "transactions"))
        ],
        "refund_line_items": list(_parts(child(found, "refundLineItems"), "line_item_id")),
    }


def _parts(connection: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    for each in nodes(connection):
        yield {name: _number(child(each, "lineItem").get("id")), "quantity": each.get("quantity")}


def _discounts(found: Mapping[str, Any]) -> dict[str, Any]:
    given = listed(found, "discountAllocations")
    return {"discount_allocations": [{"amount": _amount(each, "allocatedAmountSet")} for each in given]}


def _address(found: Mapping[str, Any]) -> dict[str, Any] | None:
    return {**found, "country_code": found.get("countryCodeV2")} if found else None


def _amount(found: Mapping[str, Any], name: str) -> Any:
    return child(child(found, name), "shopMoney").get("amount")


def _number(gid: Any) -> str:
    """The id that webhooks have: gid://shopify/LineItem/466157049 is 466157049."""
    return urlsplit(str(gid or "")).path.rpartition("/")[2]


def _small(name: Any) -> str | None:
    return name.lower() if isinstance(name, str) else None


def child(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What stands there, if it is an object."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def listed(found: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list."""
    children = found.get(name)
    return [each for each in children if isinstance(each, dict)] if isinstance(children, list) else []


def nodes(connection: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects of a connection."""
    return listed(connection, "nodes")
