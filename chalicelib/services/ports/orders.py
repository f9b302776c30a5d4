"""Orders, and what their products were sold for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.rules.orders.duties.lists import due_of
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.ticket import SentId, SlaCount
from chalicelib.services.ports.inbox import Cursor

if TYPE_CHECKING:
    from chalicelib.rules.orders.duties.telling import OutgoingEvent

if TYPE_CHECKING:  # few functions read the catalogue
    from chalicelib.rules.products.product import Product


def cursor_of(order: Order) -> Cursor:
    """The order's position in its list: the next page continues after it."""
    return Cursor(due_of(order), order.known_at, order.ref)


class Catalogue(Protocol):
    """What a shop says of its products."""

    def product(self, shop: str, sku: str) -> "Product | None":
        """The product with this SKU, in whatever case it is written; None if the catalogue has none."""

    def prices(self, shop: str, currency: str) -> Mapping[str, int]:
        """The unit prices by SKU, in the currency's smallest unit; empty without a catalogue."""


class Orders(Protocol):
    """Reads orders and writes their next versions."""

    def order(self, ref: str) -> Order | None: ...

    def commit_order(
        self,
        order: Order,
        sla_counts: Iterable[SlaCount] = (),
        sent: Iterable[SentId] = (),
        outgoing: "Iterable[OutgoingEvent]" = (),
    ) -> None:
        """Write a new order (version 1) or the next version of one, with what it adds to the counters of promises and
        what its shop's system is to be told, all or nothing. The ids of sent mails are put before it: what they say is
        true whatever becomes of the order. Raises VersionConflict if another change came first."""

    def delete_order(self, order: Order) -> bool:
        """Delete the order for good; False if it has changed since it was read, or is gone."""

    def orders_of(self, shop: str, address: str, limit: int, after: Order | None = None) -> list[Order]:
        """The shop's orders of the customer with this address, newest first: the newest `limit`, or those after
        `after`, which may have another customer by now. Eventually consistent."""

    def listed(self, shop: str, place: str, limit: int, after: Cursor | None = None) -> list[Order]:
        """The shop's orders of a list (rules.orders.duties.lists.OrderList), the earliest due first: the first `limit`,
        or those after `after`. Eventually consistent."""

    def placed_on(self, shop: str, day: date, limit: int, after: str = "") -> list[str]:
        """The references of the shop's orders that were placed on a day (UTC), in order: the first `limit`, or the
        first after `after`. Eventually consistent."""
        ...

    def how_many(self, shop: str, place: str, limit: int) -> int:
        """How many of the shop's orders are in a list, counted up to `limit`. Eventually consistent."""
        ...

    def sales(self, shop: str, currency: str, skus: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
        """For what these products were sold last, per piece, the oldest first; those never sold are left out."""

    def note_sales(
        self, shop: str, currency: str, sku: str, before: Sequence[int], after: Sequence[int], now: datetime
    ) -> bool:
        """Store the last sales of a product, for a time; False if they are not those `before` any more."""
        ...
