"""Published answers where people look for them: in the search of the help, and on articles about their products. What
is shown is read each time, and kept nowhere: what is taken back is gone at once (decision 276)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from chalicelib.patterns import pattern
from chalicelib.rules.help.articles import Article
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.published import PublishedAnswer
from chalicelib.services.products.offered import offered

_MOST = 3
_TRIED = 2 * _MOST
"""So many are read: some may have been taken back since they were compared."""
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
    # A page of an article searches for nothing.
    from chalicelib.rules.help.searching import among
    from chalicelib.services.products.compared import compared

    known = compared(deps, shop, language, index)
    best = among(index, deps.help.stem(language), question, [each.stems for each in known], _TRIED)
    read = {(each.key, each.at): each for each in deps.answers.read([known[at].key for at in best])}
    there = [read[place] for at in best if (place := (known[at].key, known[at].at)) in read]
    return tuple(_found(deps, shop, *each) for each in offered(deps, shop, there)[:_MOST])


def about(deps: Deps, shop: Shop, language: str, article: Article) -> Sequence[PublishedAnswer]:
    """The published questions about the products that the article is about, the oldest first."""
    if not article.skus or not deps.catalogue:
        return ()
    near = {
        each.key: each
        for begins in _beginnings(article.skus)
        for each, _ in offered(deps, shop, deps.answers.all_published(shop.id, language, begins))
        if article.about(each.key.sku)
    }
    return sorted(near.values(), key=lambda each: each.at)


def _beginnings(patterns: Sequence[str]) -> list[str]:
    """What the SKUs that these patterns are about begin with; none that begins with another of them."""
    begun = sorted({_PATTERN.split(skus, maxsplit=1)[0].lower() for skus in patterns})
    return [each for each in begun if not any(each != other and each.startswith(other) for other in begun)]


def _found(deps: Deps, shop: Shop, answer: PublishedAnswer, product: str) -> FoundAnswer:
    page = f"{deps.public_url}/shops/{shop.id}/products/{quote(answer.key.sku, safe='')}?lang={answer.key.language}"
    return FoundAnswer(answer.question, product, page, _snippet(answer.answer))


def _snippet(answer: str) -> str:
    one_line = " ".join(answer.split())
    if len(one_line) <= _LONGEST_SNIPPET:
        return one_line
    return f"{one_line[:_LONGEST_SNIPPET].rpartition(' ')[0]} …"
