"""The state of an order: what its events come to, whatever the order in which they arrived."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.rules.orders.basket import Basket, Line
from chalicelib.rules.orders.events import Alternative, Refund, Stock


class Status(StrEnum):
    """How far an order is."""

    UNKNOWN = "unknown"  # events about it came, but not yet the order itself
    PLACED = "placed"
    PARTLY_SENT = "partly_sent"
    SENT = "sent"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class ParcelStatus(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LineState:
    """A line and what became of it, in pieces."""

    line: Line
    sent: int = 0
    delivered: int = 0
    returned: int = 0
    stock: Stock | None = None
    """If it is out of stock."""
    substitute: Alternative | None = None

    @property
    def to_come(self) -> int:
        """Pieces that are still to be sent."""
        return 0 if self.line.digital else max(self.line.quantity - self.sent, 0)


@dataclass(frozen=True, slots=True)
class ParcelState:
    """A parcel and where it is."""

    id: str
    status: ParcelStatus
    sent_at: datetime
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    lines: tuple[tuple[str, int], ...] = ()
    """Which lines are in it, by id, with how many pieces."""
    word: str = ""
    """The latest that the courier said."""
    moved_at: datetime | None = None
    delivered_at: datetime | None = None
    expected: date | None = None
    partial: bool = False
    """Some of the order is in it, and nobody says what: its `lines` are empty."""


@dataclass(frozen=True, slots=True)
class OrderState:
    """What is known of an order now. `basket` is None while only other events about it came."""

    status: Status
    basket: Basket | None = None
    first_basket: Basket | None = None
    """As it was placed."""
    lines: tuple[LineState, ...] = ()
    parcels: tuple[ParcelState, ...] = ()
    refunds: tuple[Refund, ...] = ()
    paid_at: datetime | None = None
    changed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_for: str = ""
    shop_confirmed_at: datetime | None = None
    """When the shop's own system sent the confirmation."""
    shop_confirmation_failed_at: datetime | None = None
    delivered_at: datetime | None = None
    """When the last piece was delivered: the period to withdraw begins then (Directive 2011/83/EU, Article 9(2)(b))."""
    last_event_at: datetime | None = None

    @property
    def refunded(self) -> int:
        """What was paid back in all, in the smallest unit of the order's currency."""
        return sum(refund.amount for refund in self.refunds)
