"""WooCommerce's webhooks and its REST API, which writes orders in the same way, in our words.

Every webhook brings the whole order. What has no binding status yet (a payment that was begun) is no order: WooCommerce
itself mails nothing then. Core knows no parcels; `_wc_shipment_tracking_items` is what the common tracking plugins
write.
"""

from collections.abc import Iterator

from chalicelib.rules.events import facts
from chalicelib.rules.events.fields import Fields
from chalicelib.rules.events.sources import Delivery, Source, Unmapped
from chalicelib.rules.events.woocommerce_basket import basket
from chalicelib.rules.orders.events import EventKind, OrderEvent, Parcel, Refund

_TOPICS = ("order.created", "order.updated", "order.restored")
_NOT_YET = ("pending", "failed", "checkout-draft", "auto-draft", "trash")
_TRACKING = "_wc_shipment_tracking_items"


def events(body: Fields, delivery: Delivery) -> tuple[OrderEvent, ...] | Unmapped:
    """The events of a body. Raises NotReadable."""
    if delivery.topic not in _TOPICS:
        return Unmapped.IGNORED_TOPIC
    return of_api(body) or Unmapped.IGNORED_TOPIC


def of_api(order: Fields) -> tuple[OrderEvent, ...]:
    """Everything that an order says happened to it. Raises NotReadable."""
    status = order.needed("status")
    return () if status in _NOT_YET else tuple(_events(order, status))


def _events(order: Fields, status: str) -> Iterator[OrderEvent]:
    number, found = order.number("number"), basket(order)
    changed = order.moment("date_modified_gmt", utc=True) or found.placed_at
    paid, completed = (order.moment(f"date_{what}_gmt", utc=True) for what in ("paid", "completed"))
    if status != "cancelled" or paid:
        id = _id(EventKind.PLACED, number)
        yield OrderEvent(id, EventKind.PLACED, number, found.placed_at, basket=found)
        if changed > found.placed_at:
            id = _id(EventKind.CHANGED, number, changed.isoformat())
            yield OrderEvent(id, EventKind.CHANGED, number, changed, basket=found)
    if paid:
        yield OrderEvent(_id(EventKind.PAID, number), EventKind.PAID, number, paid)
    if status == "cancelled":
        yield OrderEvent(_id(EventKind.CANCELLED, number), EventKind.CANCELLED, number, changed)
    parcels = list(_parcels(order, number))
    yield from parcels
    if completed and not parcels:
        id, parcel = _id(EventKind.SENT, number, "completed"), Parcel("completed")
        yield OrderEvent(id, EventKind.SENT, number, completed, parcel=parcel)
    for refund in order.children("refunds"):
        amount = -refund.money("total", found.currency)
        if amount > 0:
            made = Refund(refund.needed("id", 40), amount)
            yield OrderEvent(
                _id(EventKind.REFUNDED, made.id), EventKind.REFUNDED, number, changed, refund=made,
                reason=refund.text("reason"),
            )  # fmt: skip


def _parcels(order: Fields, number: str) -> Iterator[OrderEvent]:
    for meta in order.children("meta_data"):
        if meta.text("key") != _TRACKING:
            continue
        for item in meta.children("value"):
            id = item.text("tracking_id") or item.needed("tracking_number")
            at = item.seconds("date_shipped") or order.when("date_modified_gmt", utc=True)
            carrier = item.text("tracking_provider") or item.text("custom_tracking_provider")
            url = item.url("tracking_link") or item.url("custom_tracking_link")
            parcel = Parcel(id, carrier, item.text("tracking_number"), url)
            yield OrderEvent(_id(EventKind.SENT, number, id), EventKind.SENT, number, at, parcel=parcel)


def _id(kind: EventKind, *about: str) -> str:
    return facts.id_of(Source.WOOCOMMERCE, kind, *about)
