"""Orders, in the table beside tickets."""

from typing import Protocol

from chalicelib.rules.orders.order import Order


class Orders(Protocol):
    """Reads and writes orders."""

    def order(self, ref: str) -> Order | None: ...

    def commit(self, order: Order) -> None:
        """Write the order. Raises VersionConflict unless the stored one is at the version before."""

    def orders_of(self, shop: str, address: str, limit: int) -> list[Order]:
        """The shop's newest orders of the customer with this address. Eventually consistent."""

    def listed(self, shop: str, list: str, limit: int, after: str = "") -> list[Order]:
        """The shop's orders on one of the desk's lists, the most pressing first: the first `limit`, or the first after
        `after`, which is the last order's reference. Eventually consistent."""
