"""What the shop's catalogue says about a product."""

from dataclasses import dataclass

from chalicelib.rendering.amounts import Amount
from chalicelib.rules.products.product import Product
from chalicelib.rules.tickets import money
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import Deps


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product with its prices as people read them."""

    product: Product
    prices: tuple[Amount, ...]


def product(deps: Deps, shop: str, sku: str) -> Product | None:
    """The product with this SKU, in whatever case it is written; None if the catalogue has none."""
    return deps.catalogue.product(shop, sku) if deps.catalogue and sku.strip() else None


def view(product: Product) -> ProductView:
    prices = (Amount(units, currency, money.decimals(currency)) for currency, units in product.prices)
    return ProductView(product, tuple(prices))


def of_ticket(deps: Deps, ticket: Ticket) -> ProductView | None:
    """The product that a ticket names by its SKU."""
    said = ticket.claim.product if ticket.claim else ""
    found = product(deps, ticket.shop, said) or product(deps, ticket.shop, in_brackets(said))
    return view(found) if found else None


def in_brackets(said: str) -> str:
    """The SKU of "Lamp Ada (LAMP-1)", as claims from a guarantee passport name a product."""
    return said.rpartition("(")[2].removesuffix(")") if said.endswith(")") else ""
