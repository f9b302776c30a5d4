"""Shopify's webhooks in our words; what its API answers is written in the same way before it is read (external).

A payment has no moment of its own in an order, so it is read from `orders/paid` only. An order names its parcels and
refunds too: they are read from each topic, with the same ids.
"""

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.rules.events import facts
from chalicelib.rules.events.fields import LONGEST_URL, Fields, web_address
from chalicelib.rules.events.shopify_basket import basket
from chalicelib.rules.events.sources import Delivery, Source, Unmapped
from chalicelib.rules.orders import numbers
from chalicelib.rules.orders.events import EventKind, LinePart, OrderEvent, Parcel, Refund

_DATA_REQUESTS = ("customers/data_request", "customers/redact", "shop/redact")
_PAID = ("paid", "partially_refunded", "refunded")
_ON_ITS_WAY = ("confirmed", "in_transit", "out_for_delivery", "ready_for_pickup")
_NOT_DELIVERED = ("attempted_delivery", "failure")


def events(body: Fields, delivery: Delivery) -> tuple[OrderEvent, ...] | Unmapped:
    """The events of a body by its topic. A refund has no order's number in it: its events have the number "", and
    `order_id` says which order it is about. Raises NotReadable."""
    match delivery.topic:
        case "orders/create":
            found = [_placed(body), *_within(body)]
        case "orders/paid":
            found = [_paid(body), *_within(body)]
        case "orders/updated" | "orders/fulfilled" | "orders/partially_fulfilled":
            found = [_changed(body), *_within(body)]
        case "orders/cancelled":
            found = list(_within(body))
        case "fulfillments/create" | "fulfillments/update":
            number = numbers.normal(body.needed("name").rpartition(".")[0])
            found = list(_parcel(body, number or body.number("name")))
        case "refunds/create":
            found = list(_refund(body, ""))
        case topic if topic in _DATA_REQUESTS:
            return Unmapped.DATA_REQUEST
        case _:
            return Unmapped.IGNORED_TOPIC
    return tuple(found) or Unmapped.IGNORED_TOPIC


def order_id(body: Fields) -> str:
    """Shopify's id of the order that a body is about: of an order its own, else the one that it names."""
    return body.text("order_id", 40) or body.text("id", 40)


def of_api(order: Fields) -> tuple[OrderEvent, ...]:
    """Everything that an order from the API says happened to it. Raises NotReadable."""
    paid = [_paid(order)] if order.text("financial_status") in _PAID else []
    return (_placed(order), _changed(order), *paid, *_within(order))


def _placed(order: Fields) -> OrderEvent:
    number, found = order.number("name"), basket(order)
    return OrderEvent(_id(EventKind.PLACED, number), EventKind.PLACED, number, found.placed_at, basket=found)


def _changed(order: Fields) -> OrderEvent:
    number, at = order.number("name"), order.when("updated_at")
    return OrderEvent(_id(EventKind.CHANGED, number, at.isoformat()), EventKind.CHANGED, number, at, basket(order))


def _paid(order: Fields) -> OrderEvent:
    number = order.number("name")
    return OrderEvent(_id(EventKind.PAID, number), EventKind.PAID, number, order.when("updated_at"))


def _within(order: Fields) -> Iterator[OrderEvent]:
    """What an order says of its end, its parcels and its refunds."""
    number, at = order.number("name"), order.moment("cancelled_at")
    if at:
        id = _id(EventKind.CANCELLED, number)
        yield OrderEvent(id, EventKind.CANCELLED, number, at, reason=order.text("cancel_reason"))
    for fulfillment in order.children("fulfillments"):
        yield from _parcel(fulfillment, number)
    for refund in order.children("refunds"):
        yield from _refund(refund, number)


def _parcel(found: Fields, number: str) -> Iterator[OrderEvent]:
    if found.text("status") in ("cancelled", "error", "failure"):
        return
    id, status = found.needed("id", 40), found.text("shipment_status")
    sent = found.when("created_at")
    at = found.moment("updated_at") or sent
    parcel = _read_parcel(found, id)
    yield OrderEvent(_id(EventKind.SENT, id), EventKind.SENT, number, sent, parcel=parcel)
    told = replace(parcel, status=status)
    if status == "delivered":
        yield OrderEvent(_id(EventKind.DELIVERED, id), EventKind.DELIVERED, number, at, parcel=told)
    elif status in _NOT_DELIVERED:
        failed = _id(EventKind.FAILED, id, status, at.isoformat())
        yield OrderEvent(failed, EventKind.FAILED, number, at, parcel=told, reason=status)
    elif at > sent and (status in _ON_ITS_WAY or parcel.tracking_number):  # a number may be added later
        moved = _id(EventKind.MOVED, id, status, at.isoformat())
        yield OrderEvent(moved, EventKind.MOVED, number, at, parcel=told)


def _read_parcel(found: Fields, id: str) -> Parcel:
    parts = (LinePart(each.needed("id", 40), each.pieces("quantity")) for each in found.children("line_items"))
    tracking = found.texts("tracking_numbers") or [found.text("tracking_number")]
    urls = [*found.texts("tracking_urls"), found.text("tracking_url", LONGEST_URL)]
    return Parcel(id, found.text("tracking_company"), ", ".join(tracking)[:200], web_address(urls[0]), tuple(parts))


def _refund(found: Fields, number: str) -> Iterator[OrderEvent]:
    """A refund that paid something back; Shopify calls it a refund too when only pieces are put back on the shelf."""
    paid_back = [
        each.money("amount", each.text("currency", 3))
        for each in found.children("transactions")
        if each.text("kind") == "refund" and each.text("status") == "success"
    ]
    if sum(paid_back) <= 0:
        return
    parts = (
        LinePart(each.needed("line_item_id", 40), each.pieces("quantity"))
        for each in found.children("refund_line_items")
    )
    refund = Refund(found.needed("id", 40), sum(paid_back), tuple(parts))
    id, at = _id(EventKind.REFUNDED, refund.id), found.when("created_at")
    yield OrderEvent(id, EventKind.REFUNDED, number, at, refund=refund)


def _id(kind: EventKind, *about: str) -> str:
    return facts.id_of(Source.SHOPIFY, kind, *about)
