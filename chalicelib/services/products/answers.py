"""Published answers where people look for them: in the search of the help, and on articles about their products. They
are read each time, and kept nowhere: what is taken back is gone at once (decision 283)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from chalicelib.rules.help.articles import Article
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.published import PublishedAnswer

_MOST = 3
_LONGEST_SNIPPET = 200


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """A published question: the product's name, the page where its answer stands, and how the answer begins."""

    question: str
    product: str
    url: str
    snippet: str


def found(deps: Deps, shop: Shop, language: str, question: str) -> tuple[FoundAnswer, ...]:
    """The published questions that are like this one, the best first, at most three."""
    index = deps.help.index(shop.id, language) if question.strip() and deps.catalogue else None
    if index is None:
        return ()
    from chalicelib.rules.help.searching import among  # a page of an article searches for nothing

    published = deps.answers.all_published(shop.id, language)
    texts = [f"{_name(deps, shop, each)} {each.question} {each.answer}" for each in published]
    best = among(index, deps.help.stem(language), question, texts, _MOST)
    return tuple(_found(deps, shop, published[at]) for at in best)


def about(deps: Deps, shop: Shop, language: str, article: Article) -> Sequence[PublishedAnswer]:
    """The published questions about the products that the article is about, the oldest first."""
    if not article.skus or not deps.catalogue:
        return ()
    return [each for each in deps.answers.all_published(shop.id, language) if article.about(each.key.sku)]


def _found(deps: Deps, shop: Shop, answer: PublishedAnswer) -> FoundAnswer:
    page = f"{deps.public_url}/shops/{shop.id}/products/{quote(answer.key.sku, safe='')}?lang={answer.key.language}"
    return FoundAnswer(answer.question, _name(deps, shop, answer), page, _snippet(answer.answer))


def _name(deps: Deps, shop: Shop, answer: PublishedAnswer) -> str:
    known = deps.catalogue.product(shop.id, answer.key.sku) if deps.catalogue else None
    return known.name if known else answer.key.sku


def _snippet(answer: str) -> str:
    one_line = " ".join(answer.split())
    if len(one_line) <= _LONGEST_SNIPPET:
        return one_line
    return f"{one_line[:_LONGEST_SNIPPET].rpartition(' ')[0]} …"
