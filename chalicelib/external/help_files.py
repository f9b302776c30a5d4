"""The help centre's articles and their index, as packaging wrote them beside the policy. Each is read when it is first
needed, and then kept."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.external.stemming import stemmer

if TYPE_CHECKING:
    from chalicelib.rules.help.articles import Article
    from chalicelib.rules.help.index import Index
    from chalicelib.rules.help.words import Stem

ARTICLES, INDEX = "articles.json", "index.json"
"""In the folder of a shop and language, beside each article's text (".txt") and HTML (".html")."""


class HelpFiles:
    """Implements services.ports.files.HelpCentre. Reads what is below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def articles(self, shop: str, language: str) -> "tuple[Article, ...]":
        return _articles(self._folder / shop / language / ARTICLES)

    def index(self, shop: str, language: str) -> "Index | None":
        return _index(self._folder / shop / language / INDEX)

    def stem(self, language: str) -> "Stem":
        return stemmer(language)

    def html(self, shop: str, language: str, slug: str) -> str:
        return self._read(shop, language, f"{slug}.html")

    def text(self, shop: str, language: str, slug: str) -> str:
        return self._read(shop, language, f"{slug}.txt")

    def _read(self, shop: str, language: str, name: str) -> str:
        return (self._folder / shop / language / name).read_text(encoding="utf-8")


@cache
def _articles(file: Path) -> "tuple[Article, ...]":
    from chalicelib.rules.help.articles import read  # most functions show no article

    return read(file.read_text(encoding="utf-8")) if file.exists() else ()


@cache
def _index(file: Path) -> "Index | None":
    from chalicelib.rules.help.index import read  # most functions never search

    return read(file.read_text(encoding="utf-8")) if file.exists() else None
