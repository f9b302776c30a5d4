"""Questions about products that were published with their answers. Nothing in them says who asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Which published answer: `sku` as the catalogue writes it."""

    shop: str
    sku: str
    language: str
    id: str


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    key: AnswerKey
    question: str
    answer: str
    at: datetime


class PublishedAnswers(Protocol):
    """Reads and writes published answers."""

    def publish(self, answer: PublishedAnswer) -> bool:
        """Write it, unless it was unpublished just before; the same again changes nothing. Whether it is published."""

    def unpublish(self, key: AnswerKey, now: datetime) -> None:
        """Nobody finds it from now on, and nothing of its words is stored any more."""

    def published(self, shop: str, sku: str, language: str) -> Sequence[PublishedAnswer]:
        """The product's answers in this language, the oldest first, at most two thousand. What was unpublished
        before is never among them."""

    def all_published(self, shop: str, language: str, begins: str = "") -> Sequence[PublishedAnswer]:
        """The shop's answers in this language about products whose SKUs begin so, in capitals or not, the oldest first,
        at most two thousand: the first by their SKUs. What was unpublished before is never among them."""

    def changed(self, shop: str, language: str) -> str:
        """Another text than before whenever an answer of the shop in the language was published or taken back."""

    def read(self, keys: Sequence[AnswerKey]) -> Sequence[PublishedAnswer]:
        """Those of these that are published now, in any order."""

    def is_published(self, key: AnswerKey) -> bool: ...
