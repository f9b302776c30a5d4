"""Shopware 6's webhooks of apps in our words. The body says itself which event it is, so that the name is signed.

Each brings the whole order. A part that was shipped (`shipped_partially`) does not say which lines are in it: its
parcel is told without contents. What was refunded in part is not told either, and is left to our own events.
"""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.rules.events import facts
from chalicelib.rules.events.fields import Fields, web_address
from chalicelib.rules.events.shopware_basket import basket, currency
from chalicelib.rules.events.sources import Delivery, Source, Unmapped
from chalicelib.rules.orders.events import EventKind, LinePart, OrderEvent, Parcel, Refund

_ENTERED = "state_enter."


def events(body: Fields, _: Delivery) -> tuple[OrderEvent, ...] | Unmapped:
    """The events of a body. Raises NotReadable."""
    data = body.child("data")
    event, order = data.needed("event"), data.child("payload").child("order")
    if event == "checkout.order.placed":
        found = [_placed(order)]
    elif event.startswith(_ENTERED) and event.removeprefix(_ENTERED) in _STATES:
        found = list(_entered(order, event.removeprefix(_ENTERED), _moment(body, order)))
    else:
        return Unmapped.IGNORED_TOPIC
    return tuple(found) or Unmapped.IGNORED_TOPIC


_PAID, _REFUNDED = "order_transaction.state.paid", "order_transaction.state.refunded"
_PARTLY_SHIPPED = "order_delivery.state.shipped_partially"
_SHIPPED, _RETURNED = "order_delivery.state.shipped", "order_delivery.state.returned"
_CANCELLED = "order.state.cancelled"
_STATES = (_PAID, _REFUNDED, _PARTLY_SHIPPED, _SHIPPED, _RETURNED, _CANCELLED)


def _placed(order: Fields) -> OrderEvent:
    number, found = order.number("orderNumber"), basket(order)
    return OrderEvent(_id(EventKind.PLACED, number), EventKind.PLACED, number, found.placed_at, basket=found)


def _entered(order: Fields, state: str, at: datetime) -> Iterator[OrderEvent]:
    number = order.number("orderNumber")
    if state == _PAID:
        yield OrderEvent(_id(EventKind.PAID, number), EventKind.PAID, number, at)
    elif state == _CANCELLED:
        yield OrderEvent(_id(EventKind.CANCELLED, number), EventKind.CANCELLED, number, at)
    elif state == _RETURNED:
        yield OrderEvent(_id(EventKind.RETURNED, number), EventKind.RETURNED, number, at)
    elif state == _SHIPPED:
        for delivery in _in_state(order, "deliveries", "shipped"):
            parcel = _parcel(delivery)
            yield OrderEvent(_id(EventKind.SENT, parcel.id), EventKind.SENT, number, at, parcel=parcel)
    elif state == _PARTLY_SHIPPED:
        for delivery in _in_state(order, "deliveries", "shipped_partially"):
            parcel = _part(delivery)
            yield OrderEvent(_id(EventKind.SENT, parcel.id), EventKind.SENT, number, at, parcel=parcel)
    else:
        for transaction in _in_state(order, "transactions", "refunded"):
            amount = transaction.child("amount").money("totalPrice", currency(order))
            if amount > 0:
                refund = Refund(transaction.needed("id", 40), amount)
                yield OrderEvent(_id(EventKind.REFUNDED, refund.id), EventKind.REFUNDED, number, at, refund=refund)


def _in_state(order: Fields, what: str, state: str) -> Iterator[Fields]:
    """The order's deliveries or transactions that are in this state; those whose state is not told count as well."""
    for each in order.children(what):
        if each.child("stateMachineState").text("technicalName") in ("", state):
            yield each


def _parcel(delivery: Fields) -> Parcel:
    codes = delivery.texts("trackingCodes")
    method = delivery.child("shippingMethod")
    pattern = method.text("trackingUrl", 500)
    url = web_address(pattern.replace("%s", codes[0])) if codes and "%s" in pattern else ""
    parts = [
        LinePart(line, each.child("price").pieces("quantity"))
        for each in delivery.children("positions")
        if (line := each.text("orderLineItemId", 40))
    ]
    return Parcel(delivery.needed("id", 40), method.text("name"), ", ".join(codes)[:200], url, tuple(parts))


def _part(delivery: Fields) -> Parcel:
    """A parcel of which only the newest tracking code tells it from those before: each has one more."""
    whole, codes = _parcel(delivery), delivery.texts("trackingCodes")
    newest = codes[-1] if codes else ""
    pattern = delivery.child("shippingMethod").text("trackingUrl", 500)
    url = web_address(pattern.replace("%s", newest)) if newest and "%s" in pattern else ""
    return Parcel(f"{whole.id}/{len(codes)}", whole.carrier, newest, url, partial=True)


def _moment(body: Fields, order: Fields) -> datetime:
    """When the state was entered: Shopware puts the moment of the event beside it."""
    return body.seconds("timestamp") or order.moment("updatedAt") or order.when("orderDateTime")


def _id(kind: EventKind, *about: str) -> str:
    return facts.id_of(Source.SHOPWARE, kind, *about)
