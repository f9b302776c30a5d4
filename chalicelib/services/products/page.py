"""What a product's page shows to everybody: its facts, the questions that were published with their answers, and the
articles of the help about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.errors import NotFound
from chalicelib.rules.help.articles import Article
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.published import PublishedAnswer
from chalicelib.services.products import facts
from chalicelib.services.products.facts import ProductView


@dataclass(frozen=True, slots=True)
class ProductPage:
    shown: ProductView
    answers: Sequence[PublishedAnswer]
    articles: tuple[Article, ...]


def view(deps: Deps, shop: Shop, sku: str, language: str) -> ProductPage:
    """The page in this language. Raises NotFound."""
    product = facts.product(deps, shop.id, sku)
    if product is None:
        raise NotFound("there is no such product")
    articles = tuple(each for each in deps.help.articles(shop.id, language) if each.about(product.sku))
    return ProductPage(facts.view(product), deps.answers.published(shop.id, product.sku, language), articles)
