"""Orders in memory, with the promises of services.ports.orders."""

from dataclasses import dataclass, field

from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.services.ports.conflicts import VersionConflict


@dataclass(eq=False)
class FakeOrders:
    """`lists`: what each list of the desk has, by shop and list."""

    kept: dict[str, Order] = field(default_factory=dict)
    lists: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    commits: int = 0

    def put(self, order: Order) -> Order:
        self.kept[order.ref] = order
        return order

    def order(self, ref: str) -> Order | None:
        return self.kept.get(ref)

    def commit(self, order: Order) -> None:
        before = self.kept.get(order.ref)
        if (before.version if before else 0) != order.version - 1:
            raise VersionConflict(order.ref)
        self.commits += 1
        self.kept[order.ref] = order

    def orders_of(self, shop: str, address: str, limit: int) -> list[Order]:
        wanted = canonical(address)
        found = [each for each in self.kept.values() if each.shop == shop and _buyer(each) == wanted]
        return sorted(found, key=lambda each: each.known_at, reverse=True)[:limit]

    def listed(self, shop: str, list: str, limit: int, after: str = "") -> "list[Order]":
        refs = self.lists.get((shop, list), [])
        start = refs.index(after) + 1 if after in refs else 0
        return [self.kept[ref] for ref in refs[start : start + limit]]


def _buyer(order: Order) -> str:
    basket = state(order.events).basket
    return canonical(basket.buyer.address) if basket else ""
