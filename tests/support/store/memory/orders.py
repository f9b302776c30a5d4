"""Orders, and what their products were sold for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from chalicelib.rules.identity.addressing import same
from chalicelib.rules.orders.duties.lists import place_of
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.ticket import SentId, SlaCount
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.inbox import Cursor
from chalicelib.services.ports.orders import cursor_of
from chalicelib.services.ports.tickets import ItemRef
from tests.support.store.memory.memory import Port


class Orders(Port):
    """Implements services.ports.orders.Orders."""

    def order(self, ref: str) -> Order | None:
        self._asked("read")
        return self._memory.orders.get(ref)

    def commit_order(self, order: Order, sla_counts: Iterable[SlaCount] = (), sent: Iterable[SentId] = ()) -> None:
        memory = self._memory
        self._asked("write")
        memory.before_order(order)
        memory.sent |= {each.id: ItemRef(each.ref, each.message) for each in sent}
        known = memory.orders.get(order.ref)
        if (known.version if known else 0) != order.version - 1:
            raise VersionConflict(order.ref)
        memory.orders[order.ref] = order
        for added in sla_counts:
            memory.add(added)

    def delete_order(self, order: Order) -> bool:
        self._asked("delete")
        known = self._memory.orders.get(order.ref)
        if known is None or known.version != order.version:
            return False
        del self._memory.orders[order.ref]
        return True

    def orders_of(self, shop: str, address: str, limit: int, after: Order | None = None) -> list[Order]:
        self._asked("read")
        baskets = [(state(each.events).basket, each) for each in self._memory.orders.values() if each.shop == shop]
        theirs = [each for basket, each in baskets if basket and same(basket.buyer.address, address)]
        older = [each for each in theirs if after is None or _place(each) < _place(after)]
        return sorted(older, key=_place, reverse=True)[:limit]

    def listed(self, shop: str, place: str, limit: int, after: Cursor | None = None) -> list[Order]:
        self._asked("read")
        here = [each for each in self._memory.orders.values() if each.shop == shop and place_of(each) == place]
        return [each for each in sorted(here, key=cursor_of) if after is None or cursor_of(each) > after][:limit]

    def sales(self, shop: str, currency: str, skus: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
        self._asked("read")
        sold = self._memory.sold
        return {sku: sold[shop, currency, sku] for sku in skus if (shop, currency, sku) in sold}

    def note_sales(self, shop: str, currency: str, sales: Mapping[str, tuple[int, ...]], now: datetime) -> None:
        self._asked("write")
        self._memory.sold |= {(shop, currency, sku): prices for sku, prices in sales.items()}


def _place(order: Order) -> tuple[datetime, str]:
    basket = state(order.events).basket
    return (basket.placed_at if basket else order.known_at), order.ref
