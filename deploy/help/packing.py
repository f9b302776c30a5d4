"""Renders a shop's help with the policy's values, and writes what ships: for each language the list of articles, their
index, and each article as HTML and as plain text. The same sources always give the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

from chalicelib.external.help_files import ARTICLES, INDEX
from chalicelib.external.stemming import stemmer
from chalicelib.rules.help import articles, building, index
from chalicelib.rules.help.articles import Article, Section
from chalicelib.rules.help.building import Text
from chalicelib.rules.policy.model import Policy, Shop
from deploy.documents import rendering
from deploy.documents.front_matter import DocumentMistakes
from deploy.help.sources import ArticleSource, sources, vocabulary

_BLOCKS = {"p", "li", "h2", "h3", "h4", "td", "th", "blockquote"}
_HEADINGS = {"h2", "h3", "h4"}


def pack(folder: Path, target: Path, policy: Policy) -> None:
    """Write the help of the policy's shops, whose sources are below `folder`, to `target`. Raises DocumentMistakes."""
    written = {shop.id: sources(folder, shop) for shop in policy.shops.values()}
    for shop in policy.shops.values():
        for language, own in written[shop.id].items():
            others = [each for other in written if other != shop.id for each in written[other].get(language, ())]
            if own:
                _pack(folder, target / shop.id / language, shop, own, [said for each in others for said in each.asked])


def _pack(
    folder: Path, target: Path, shop: Shop, written: Sequence[ArticleSource], answered_elsewhere: Sequence[str]
) -> None:
    language = written[0].language
    pages = [_page(each, shop, {f"help/{other.slug}" for other in written}) for each in written]
    known = vocabulary(folder, language)
    # The shop's own name says nothing about what is asked of it.
    known = replace(known, stop=(*known.stop, shop.name), answered=answered_elsewhere)
    made = building.build([page.searched for page in pages], language, stemmer(language), known)
    like = building.related(made)
    target.mkdir(parents=True, exist_ok=True)
    listed = [replace(page.article, related=like.get(page.article.slug, ())) for page in pages]
    (target / ARTICLES).write_text(articles.written(listed), encoding="utf-8")
    (target / INDEX).write_text(index.written(made), encoding="utf-8")
    for page in pages:
        (target / f"{page.article.slug}.html").write_text(page.html, encoding="utf-8")
        (target / f"{page.article.slug}.txt").write_text(page.text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Page:
    article: Article
    searched: Text
    html: str
    text: str


def _page(source: ArticleSource, shop: Shop, others: set[str]) -> _Page:
    said = rendering.text(source, shop, (*rendering.PAGES, "help", *sorted(others)))
    html = rendering.html(said)
    read = _Read()
    read.feed(html)
    if not read.blocks or read.blocks[0][0] != "p" or "<h1>" in html:
        raise DocumentMistakes(
            f"{source.file}, line {source.begins}: begin with a paragraph that answers the title's question, and write "
            'no line with one "#": the title stands at the top of the page.'
        )
    facts = source.facts
    article = Article(
        slug=source.slug,
        title=facts["title"],
        section=Section(facts["section"]),
        lead=read.blocks[0][1],
        topics=tuple(facts.get("topics", ())),
        kinds=tuple(facts.get("kinds", ())),
        skus=tuple(facts.get("skus", ())),
        reviewed=facts["reviewed"],
    )
    headings = [text for tag, text in read.blocks if tag in _HEADINGS]
    body = "\n".join(text for tag, text in read.blocks if tag not in _HEADINGS)
    searched = Text(source.slug, article.title, tuple(facts.get("keywords", ())), headings, body, source.asked)
    text = "\n\n".join(f"- {text}" if tag == "li" else text for tag, text in read.blocks)
    return _Page(article, searched, html, f"{article.title}\n\n{text}\n")


class _Read(HTMLParser):
    """The blocks of an article: each with its tag and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[str, str]] = []
        self._open: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _BLOCKS:
            self._open.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            name, said = self._open.pop()
            if text := " ".join("".join(said).split()):
                self.blocks.append((self._open[-1][0] if self._open else name, text))

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1][1].append(data)
