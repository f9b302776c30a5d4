"""What happened to an order: facts with a moment. A source's mapper makes them (rules.events), the order keeps them.

Events are applied by when they occurred, never by when they arrived (rules.orders.history).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.rules.orders.basket import Basket


class EventKind(StrEnum):
    PLACED = "order.placed"
    PAID = "order.paid"
    CHANGED = "order.changed"
    CANCELLED = "order.cancelled"
    CONFIRMED = "mail.confirmed"  # the shop's own system sent the confirmation
    CONFIRMATION_FAILED = "mail.failed"  # the shop's own confirmation did not arrive
    OUT_OF_STOCK = "line.out_of_stock"
    BACK_IN_STOCK = "line.back_in_stock"
    SUBSTITUTED = "line.substituted"
    SENT = "shipment.sent"
    MOVED = "shipment.moved"
    DELIVERED = "shipment.delivered"
    FAILED = "shipment.failed"  # the courier could not deliver
    RETURNED = "return.received"
    REFUNDED = "refund.made"


@dataclass(frozen=True, slots=True)
class LinePart:
    """So many pieces of a line; `quantity` None means all of them."""

    line: str
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A product offered in the place of one that is out of stock. `unit_price`: in the order's currency."""

    sku: str
    name: str
    unit_price: int


@dataclass(frozen=True, slots=True)
class Stock:
    """What is known of a line that is out of stock. `expected`: when it comes back, None if the shop can't say."""

    line: str
    expected: date | None = None
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment as one event said it. `lines` empty: everything that was not sent before, unless it is `partial`."""

    id: str
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    lines: tuple[LinePart, ...] = ()
    status: str = ""
    """What the courier said, in its words."""
    expected: date | None = None
    partial: bool = False
    """Some of the order is in it, and nobody says what."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that was paid back. `id`: the source's own; `amount`: positive, in the order's currency."""

    id: str
    amount: int
    lines: tuple[LinePart, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One fact about one order. Which of the last fields are given depends on `kind`.

    `id` is derived from the fact itself (source, kind, what it is about, its moment), not from the delivery that
    brought it: so the same fact has the same id when it comes twice, by another topic, or by a later reading of the
    shop's API.
    """

    id: str
    kind: EventKind
    number: str
    """The order's number as the customer knows it."""
    occurred_at: datetime
    basket: Basket | None = None
    """PLACED and CHANGED: the order as it stands now."""
    parcel: Parcel | None = None
    """SENT, MOVED, DELIVERED, FAILED."""
    stock: Stock | None = None
    """OUT_OF_STOCK, BACK_IN_STOCK."""
    substitute: Alternative | None = None
    """SUBSTITUTED: what is sent in the place of `parts`."""
    parts: tuple[LinePart, ...] = ()
    """SUBSTITUTED, RETURNED: of which lines. Empty: the whole order."""
    refund: Refund | None = None
    reason: str = ""
    """CANCELLED, FAILED, CONFIRMATION_FAILED: why, in the source's words."""
