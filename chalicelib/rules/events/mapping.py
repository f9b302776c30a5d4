"""From a body to events: which mapper reads it, and what becomes of one that nobody can read."""

from datetime import UTC, datetime

from chalicelib.rules.events import own, shopify, shopware, woocommerce
from chalicelib.rules.events.calls import twilio
from chalicelib.rules.events.calls.call import Call
from chalicelib.rules.events.fields import Fields, NotReadable, parsed, parsed_list
from chalicelib.rules.events.messages import aws, meta, telegram
from chalicelib.rules.events.messages.said import Heard
from chalicelib.rules.events.sources import MESSENGERS, Delivery, Source, Unmapped
from chalicelib.rules.orders.events import OrderEvent

_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_MAPPERS = {
    Source.OWN: own.events,
    Source.SHOPIFY: shopify.events,
    Source.WOOCOMMERCE: woocommerce.events,
    Source.SHOPWARE: shopware.events,
}


def events_of(source: Source, delivery: Delivery, body: bytes) -> tuple[OrderEvent, ...] | Unmapped:
    """The events in a body, or why there are none. It never raises, whatever the body is."""
    try:
        if source is Source.TWILIO:
            twilio.form(body)
            return Unmapped.IGNORED_TOPIC
        if source in MESSENGERS:
            _of_messengers(source, body, _ANY_MOMENT)
            return Unmapped.IGNORED_TOPIC
        return _MAPPERS[source](parsed(body), delivery)
    except NotReadable:
        return Unmapped.UNREADABLE


_OF_API = {Source.SHOPIFY: shopify.of_api, Source.WOOCOMMERCE: woocommerce.of_api}


def orders_of(source: Source, body: bytes) -> list[tuple[OrderEvent, ...]] | None:
    """The events of each order in a page of the source's API; none for an order that can't be read. None if it is no
    such page."""
    try:
        orders = parsed_list(body, "orders" if source is Source.SHOPIFY else "")
    except NotReadable:
        return None
    return [_of_order(source, order) for order in orders]


def _of_order(source: Source, order: Fields) -> tuple[OrderEvent, ...]:
    try:
        return _OF_API[source](order)
    except NotReadable:
        return ()


def order_id(source: Source, body: bytes) -> str:
    """The source's own id of the order that a body is about, where the source has bodies without the number."""
    if source is not Source.SHOPIFY:
        return ""
    try:
        return shopify.order_id(parsed(body))
    except NotReadable:
        return ""


def asks_for_data(source: Source, body: bytes) -> bool:
    """Whether a body of our own format asks about personal data, besides events of orders."""
    if source is not Source.OWN:
        return False
    try:
        return own.asks_for_data(parsed(body))
    except NotReadable:
        return False


def restocked(source: Source, body: bytes) -> tuple[str, ...]:
    """The SKUs of products that are back in stock, where a body of our own format says so of products and not of an
    order's lines."""
    if source is not Source.OWN:
        return ()
    try:
        return own.restocked(parsed(body))
    except NotReadable:
        return ()


def calls(source: Source, delivery: Delivery, body: bytes, now: datetime) -> tuple[Call, ...]:
    """The calls that nobody answered, and those that a person picked up, where a body says so. `now`: when it came."""
    try:
        if source is Source.TWILIO:
            return twilio.calls(twilio.form(body), now)
        return own.calls(parsed(body), delivery) if source is Source.OWN else ()
    except NotReadable:
        return ()


def left_out(source: Source, body: bytes) -> bool:
    """Whether a body of our own format tells of a call or a product something that can't be read, besides what can."""
    try:
        return source is Source.OWN and own.left_out(parsed(body))
    except NotReadable:
        return True


def heard(source: Source, body: bytes, now: datetime) -> Heard:
    """What people wrote by a messenger, and what became of what we wrote, where a body says so. `now`: when it came."""
    try:
        if source is Source.TWILIO:
            return twilio.heard(body, now)
        return _of_messengers(source, body, now) if source in MESSENGERS else Heard()
    except NotReadable:
        return Heard()


def _of_messengers(source: Source, body: bytes, now: datetime) -> Heard:
    if source is Source.AWS:
        return aws.heard(parsed(body), now)
    return meta.heard(parsed(body)) if source is Source.META else telegram.heard(parsed(body))
