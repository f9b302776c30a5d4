"""Published answers about products that somebody can open."""

from collections.abc import Sequence

from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.published import PublishedAnswer

Offered = tuple[PublishedAnswer, str]
"""An answer and the name of its product."""


def offered(deps: Deps, shop: Shop, published: Sequence[PublishedAnswer]) -> list[Offered]:
    """Those about products of the catalogue. A product that left it has no page."""
    catalogue = deps.catalogue
    known = ((each, catalogue.product(shop.id, each.key.sku) if catalogue else None) for each in published)
    return [(each, product.name) for each, product in known if product]
