"""What the pages of the help centre show."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from chalicelib.errors import UnknownArticle
from chalicelib.rules.help.articles import Article, Section
from chalicelib.rules.policy.model import Shop
from chalicelib.services.documents.reading import linked
from chalicelib.services.ports.deps import Deps


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with its text, which links to our pages, and the articles most like it."""

    article: Article
    html: Markup
    related: tuple[Article, ...]


def sections(deps: Deps, shop: Shop, language: str) -> tuple[tuple[Section, tuple[Article, ...]], ...]:
    """The shop's articles by section, sections without articles left out."""
    return tuple(_sections(deps.help.articles(shop.id, language)))


def view(deps: Deps, shop: Shop, slug: str, language: str, root: str) -> ArticleView:
    """An article. `root`: what comes before /shops in links. Raises UnknownArticle."""
    articles = {each.slug: each for each in deps.help.articles(shop.id, language)}
    if slug not in articles:
        raise UnknownArticle(slug)
    article = articles[slug]
    html = deps.help.html(shop.id, language, slug)
    related = tuple(articles[each] for each in article.related if each in articles)
    return ArticleView(article, linked(html, f"{root}/shops/{shop.id}", language), related)


def url(deps: Deps, shop: Shop, slug: str, language: str) -> str:
    """The address of an article, or with "" of the help centre, as anybody can open it."""
    page = f"help/{slug}" if slug else "help"
    return f"{deps.public_url}/shops/{shop.id}/{page}?lang={language}"


def _sections(articles: tuple[Article, ...]) -> Iterator[tuple[Section, tuple[Article, ...]]]:
    for section in Section:
        if its := tuple(each for each in articles if each.section is section):
            yield section, its
