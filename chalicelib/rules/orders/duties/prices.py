"""The price sentinel: a price that is far from what the product was sold for before, or from the shop's catalogue, may
be a mistake (decision 214)."""

from collections.abc import Mapping, Sequence
from statistics import median

from chalicelib.rules.orders.basket import Basket

MOST_SALES, LEAST_SALES = 20, 5
MOST_WATCHED = 50
"""Products of an order that are watched; a longer order is watched in its first ones."""


def watched(basket: Basket) -> dict[str, int]:
    """The unit prices of the basket's products, by SKU."""
    prices = {line.sku: line.unit_price for line in basket.lines if line.sku and line.unit_price >= 0}
    return dict(list(prices.items())[:MOST_WATCHED])


def suspected(
    basket: Basket, sales: Mapping[str, Sequence[int]], catalogue: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    """The SKUs whose price is less than half or more than twice the median of their last sales, or differs tenfold from
    the catalogue's. `sales`: unit prices by SKU, in the basket's currency."""
    return tuple(
        sku
        for sku, price in watched(basket).items()
        if _unusual(price, sales.get(sku, ())) or _tenfold(price, (catalogue or {}).get(sku, 0))
    )


def with_sale(sales: Sequence[int], price: int) -> tuple[int, ...]:
    """The last sales of a product with one more."""
    return (*sales, price)[-MOST_SALES:]


def _unusual(price: int, sales: Sequence[int]) -> bool:
    last = sales[-MOST_SALES:]
    if len(last) < LEAST_SALES or (usual := median(last)) <= 0:
        return False
    return price * 2 < usual or price > usual * 2


def _tenfold(price: int, stated: int) -> bool:
    return stated > 0 and (price * 10 <= stated or price >= stated * 10)
