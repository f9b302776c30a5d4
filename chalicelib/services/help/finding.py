"""Finding articles: for the search page, beside the form, in the acknowledgement and at the desk."""

from chalicelib.rules.help.articles import Article
from chalicelib.rules.help.searching import search
from chalicelib.rules.intake.of_law import matters
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.promises import NO_ARTICLES
from chalicelib.services.ports.deps import Deps

MOST_RESULTS, MOST_SUGGESTED = 10, 3


def found(deps: Deps, shop: Shop, language: str, question: str, most: int = MOST_RESULTS) -> tuple[Article, ...]:
    """The articles that answer the question, the best first; none if there is no index."""
    index = deps.help.index(shop.id, language) if question.strip() else None
    if index is None:
        return ()
    articles = {each.slug: each for each in deps.help.articles(shop.id, language)}
    hits = search(index, deps.help.stem(language), question, most)
    return tuple(articles[hit.slug] for hit in hits if hit.slug in articles)


def about(deps: Deps, shop: Shop, language: str, subject: str, text: str, most: int) -> tuple[Article, ...]:
    """The articles that answer a message: all of it, or if that tells too much besides, its subject."""
    return found(deps, shop, language, f"{subject} {text}", most) or found(deps, shop, language, subject, most)


def fits(article: Article, kind: str) -> bool:
    """Whether an article may answer a ticket of this kind."""
    return not kind or not article.kinds or kind in article.kinds


def suggested(
    deps: Deps, shop: Shop, language: str, kind: str, topic: str, question: str, most: int = MOST_SUGGESTED
) -> tuple[Article, ...]:
    """The articles for somebody who is writing a message of this kind and topic. Without a question that finds any,
    those of the topic. `kind`: "" if the form has none; then the words say what they are about."""
    if (kind or matters.kind_of(shop, "", question, "")) in NO_ARTICLES:
        return ()
    fitting = [each for each in found(deps, shop, language, question, MOST_RESULTS) if fits(each, kind)]
    if fitting or not topic:
        return tuple(fitting[:most])
    return (
        tuple(each for each in deps.help.articles(shop.id, language) if topic in each.topics and fits(each, kind))[
            :most
        ]
        if topic != "other"
        else ()
    )
