"""A product as the shop's catalogue describes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """A product by its SKU. `prices`: in each currency's smallest unit. `stock`: pieces that are there, None if the
    catalogue does not say. `url` and `manual`: pages of the shop, "" if there are none."""

    sku: str
    name: str
    prices: tuple[tuple[str, int], ...] = ()
    stock: int | None = None
    url: str = ""
    manual: str = ""
