"""Published answers where people look for them: in the search of the help, and on articles about their products. They
are read each time, and kept nowhere: what is taken back is gone at once (decision 276)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import quote

from chalicelib.patterns import pattern
from chalicelib.rules.help.articles import Article
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.published import PublishedAnswer

_MOST = 3
_COMPARED = 200
"""With so many questions each is compared."""
_READ = 600
"""So much of an answer is compared: what it is about stands at its beginning."""
_PATTERN = pattern(r"[*?\[]")
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

    published = _fairly(_offered(deps, shop, deps.answers.all_published(shop.id, language)))
    texts = [f"{name} {each.question} {each.answer[:_READ]}" for each, name in published]
    best = among(index, deps.help.stem(language), question, texts, _MOST)
    return tuple(_found(deps, shop, *published[at]) for at in best)


def about(deps: Deps, shop: Shop, language: str, article: Article) -> Sequence[PublishedAnswer]:
    """The published questions about the products that the article is about, the oldest first."""
    if not article.skus or not deps.catalogue:
        return ()
    near = {
        each.key: each
        for begins in _beginnings(article.skus)
        for each, _ in _offered(deps, shop, deps.answers.all_published(shop.id, language, begins))
        if article.about(each.key.sku)
    }
    return sorted(near.values(), key=lambda each: each.at)


def _beginnings(patterns: Sequence[str]) -> list[str]:
    """What the SKUs that these patterns are about begin with; none that begins with another of them."""
    begun = sorted({_PATTERN.split(pattern, maxsplit=1)[0].lower() for pattern in patterns})
    return [each for each in begun if not any(each != other and each.startswith(other) for other in begun)]


def _offered(deps: Deps, shop: Shop, published: Sequence[PublishedAnswer]) -> list[tuple[PublishedAnswer, str]]:
    """Those about products of the catalogue, each with the product's name. A product that left it has no page."""
    catalogue = deps.catalogue
    known = ((each, catalogue.product(shop.id, each.key.sku) if catalogue else None) for each in published)
    return [(each, product.name) for each, product in known if product]


def _fairly(published: Sequence[tuple[PublishedAnswer, str]]) -> list[tuple[PublishedAnswer, str]]:
    """As many as are compared: the newest of each product, then the second of each, and so on. So neither a SKU late in
    the alphabet nor a product with few questions is left out."""
    before = Counter[str]()
    ranks: dict[int, list[tuple[PublishedAnswer, str]]] = defaultdict(list)
    for each in sorted(published, key=lambda each: each[0].at, reverse=True):
        ranks[before[each[0].key.sku]].append(each)
        before[each[0].key.sku] += 1
    return list(chain.from_iterable(ranks[rank] for rank in sorted(ranks)))[:_COMPARED]


def _found(deps: Deps, shop: Shop, answer: PublishedAnswer, product: str) -> FoundAnswer:
    page = f"{deps.public_url}/shops/{shop.id}/products/{quote(answer.key.sku, safe='')}?lang={answer.key.language}"
    return FoundAnswer(answer.question, product, page, _snippet(answer.answer))


def _snippet(answer: str) -> str:
    one_line = " ".join(answer.split())
    if len(one_line) <= _LONGEST_SNIPPET:
        return one_line
    return f"{one_line[:_LONGEST_SNIPPET].rpartition(' ')[0]} …"
