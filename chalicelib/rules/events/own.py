"""Our own format of events, for shops of one's own and systems without a mapper (docs/connect/events.md)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.rules.events import facts
from chalicelib.rules.events.calls.call import LONGEST_WAIT, AnsweredCall, Call, MissedCall
from chalicelib.rules.events.fields import Fields, NotReadable
from chalicelib.rules.events.own_basket import basket
from chalicelib.rules.events.sources import Delivery, Source, Unmapped
from chalicelib.rules.orders.events import Alternative, EventKind, LinePart, OrderEvent, Parcel, Refund, Stock

_DATA_REQUESTS = ("customer.data_requested", "customer.redacted")
PRODUCT_BACK = "product.back_in_stock"
CALL_ANSWERED, CALL_MISSED = "call.answered", "call.missed"
_MOST = 50
_MOST_ALTERNATIVES = 5
# These happen once in an order's life, so that the second message about one is the same fact whenever it says it was.
_ONCE = (EventKind.PLACED, EventKind.PAID, EventKind.CANCELLED, EventKind.CONFIRMED)


def events(body: Fields, _: Delivery) -> tuple[OrderEvent, ...] | Unmapped:
    """The events of a body: one, or a list of at most fifty under "events". Raises NotReadable."""
    many = list(body.children("events")) or [body]
    if len(many) > _MOST:
        raise NotReadable("events")
    types = [each.needed("type") for each in many]
    known = [_event(each, EventKind(type)) for each, type in zip(many, types, strict=True) if type in set(EventKind)]
    return tuple(known) or (Unmapped.DATA_REQUEST if asks_for_data(body) else Unmapped.IGNORED_TOPIC)


def asks_for_data(body: Fields) -> bool:
    """Whether somebody asks about their personal data in it, besides whatever else it tells. Raises NotReadable."""
    many = (list(body.children("events")) or [body])[:_MOST]
    return any(each.text("type") in _DATA_REQUESTS for each in many)


def restocked(body: Fields) -> tuple[str, ...]:
    """The SKUs of the products that came back. Raises NotReadable if `events` is no list of objects."""
    return tuple(found for found in _of_no_order(body) if isinstance(found, str))


def calls(body: Fields, delivery: Delivery) -> tuple[Call, ...]:
    """The calls that a person picked up, and those that nobody answered. One without an id of its own has the
    message's. Raises NotReadable if `events` is no list of objects."""
    told = ((number, each) for number, each in enumerate(_of_no_order(body)) if isinstance(each, Call))
    return tuple(each if each.id else replace(each, id=f"{delivery.id}/{number}") for number, each in told)


def left_out(body: Fields) -> bool:
    """Whether an event about a call or a product lacks what it needs; the others of the body count all the same.
    Raises NotReadable if `events` is no list of objects."""
    return any(isinstance(each, NotReadable) for each in _of_no_order(body))


def _of_no_order(body: Fields) -> list[Call | str | NotReadable | None]:
    """What each event tells of a call, or the SKU of a product: an error if it lacks something, None if it is about
    neither."""
    many = (list(body.children("events")) or [body])[:_MOST]
    return [_about(read, each) if (read := _OTHERS.get(each.text("type"))) else None for each in many]


def _about(read: Callable[[Fields, Fields], Call | str], event: Fields) -> Call | str | NotReadable:
    try:
        return read(event, event.child("data"))
    except NotReadable as error:
        return error


def _answered(event: Fields, data: Fields) -> Call:
    return AnsweredCall(data.text("id"), data.pieces("waited", LONGEST_WAIT), event.when("timestamp"))


def _missed(event: Fields, data: Fields) -> Call:
    try:
        waited = data.pieces("waited", LONGEST_WAIT)
    except NotReadable:
        waited = None  # the caller is called back all the same
    return MissedCall(data.text("id"), data.text("from"), event.when("timestamp"), waited)


def _product(_: Fields, data: Fields) -> str:
    return data.needed("sku")


_OTHERS: Mapping[str, Callable[[Fields, Fields], Call | str]] = {
    CALL_ANSWERED: _answered,
    CALL_MISSED: _missed,
    PRODUCT_BACK: _product,
}


def _event(body: Fields, kind: EventKind) -> OrderEvent:
    data, at = body.child("data"), body.when("timestamp")
    number, read = data.number("number"), _READERS.get(kind)
    about, told = read(data) if read else ("", {})
    id = facts.id_of(Source.OWN, kind, number, about, "" if kind in _ONCE else at)
    return OrderEvent(id, kind, number, at, reason=data.text("reason"), **told)


_Read = tuple[str, dict[str, Any]]
"""What the fact is about, for its id; and the fields of the event that it gives."""


def _with_basket(data: Fields) -> _Read:
    return "", {"basket": basket(data)}


def _with_parcel(data: Fields) -> _Read:
    found = data.child("parcel")
    parcel = Parcel(
        found.needed("id"),
        found.text("carrier"),
        found.text("tracking_number"),
        found.url("tracking_url"),
        tuple(_line_parts(found)),
        found.text("status"),
        found.day("expected"),
    )
    return f"{parcel.id}/{parcel.status}", {"parcel": parcel}


def _with_stock(data: Fields) -> _Read:
    currency = data.text("currency", 3)
    offered = [_alternative(each, currency) for each in data.children("alternatives")][:_MOST_ALTERNATIVES]
    stock = Stock(data.needed("line"), data.day("expected"), tuple(offered))
    return stock.line, {"stock": stock}


def _with_substitute(data: Fields) -> _Read:
    line = data.needed("line")
    substitute = _alternative(data.child("substitute"), data.text("currency", 3))
    return line, {"substitute": substitute, "parts": (_line_part(data),)}


def _with_parts(data: Fields) -> _Read:
    parts = tuple(_line_parts(data))
    return ",".join(part.line for part in parts), {"parts": parts}


def _with_refund(data: Fields) -> _Read:
    found = data.child("refund")
    amount = found.money("amount", data.text("currency", 3))
    if amount <= 0:
        raise NotReadable("amount")
    refund = Refund(found.needed("id"), amount, tuple(_line_parts(found)))
    return refund.id, {"refund": refund}


_READERS: dict[EventKind, Callable[[Fields], _Read]] = {
    EventKind.PLACED: _with_basket,
    EventKind.CHANGED: _with_basket,
    EventKind.OUT_OF_STOCK: _with_stock,
    EventKind.BACK_IN_STOCK: _with_stock,
    EventKind.SUBSTITUTED: _with_substitute,
    EventKind.SENT: _with_parcel,
    EventKind.MOVED: _with_parcel,
    EventKind.DELIVERED: _with_parcel,
    EventKind.FAILED: _with_parcel,
    EventKind.RETURNED: _with_parts,
    EventKind.REFUNDED: _with_refund,
}


def _alternative(found: Fields, currency: str) -> Alternative:
    return Alternative(found.needed("sku"), found.needed("name"), found.money("unit_price", currency))


def _line_parts(found: Fields) -> Iterator[LinePart]:
    yield from map(_line_part, found.children("lines"))


def _line_part(found: Fields) -> LinePart:
    return LinePart(found.needed("line"), found.pieces("quantity") if "quantity" in found.value else None)
