"""The articles of a shop's help centre, as packaging has written them: their texts contain the policy's values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class Section(StrEnum):
    """The parts of the help centre, in the order in which its page shows them."""

    ORDERING = "ordering"
    DELIVERY = "delivery"
    RETURNS = "returns"
    FAULTS = "faults"
    PAYMENT = "payment"
    PRODUCTS = "products"
    CONTACT = "contact"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Article:
    """An article in one language. `lead`: its first paragraph as plain text, which answers the title's question.
    `topics` and `kinds`: those of tickets that it may answer. `skus`: the products it is about, as patterns such as
    "AUR-*". `related`: the articles most like it, the nearest first."""

    slug: str
    title: str
    section: Section
    lead: str
    topics: tuple[str, ...]
    kinds: tuple[str, ...]
    skus: tuple[str, ...]
    reviewed: date
    related: tuple[str, ...] = ()

    def about(self, sku: str) -> bool:
        """Whether the article is about this product."""
        return any(fnmatchcase(sku, pattern) for pattern in self.skus)


def written(articles: Sequence[Article]) -> str:
    """The text that `read` reads; the same articles always give the same text."""
    entries = [asdict(each) | {"reviewed": each.reviewed.isoformat()} for each in articles]
    return json.dumps(entries, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(text: str) -> tuple[Article, ...]:
    return tuple(_article(entry) for entry in json.loads(text))


def _article(entry: Mapping[str, Any]) -> Article:
    lists = {name: tuple(entry[name]) for name in ("topics", "kinds", "skus", "related")}
    return Article(
        slug=entry["slug"],
        title=entry["title"],
        section=Section(entry["section"]),
        lead=entry["lead"],
        reviewed=date.fromisoformat(entry["reviewed"]),
        **lists,
    )
