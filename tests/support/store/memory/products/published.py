"""Published answers in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer
from tests.support.store.memory.memory import Port


class PublishedAnswers(Port):
    """Implements services.ports.products.published.PublishedAnswers."""

    def publish(self, answer: PublishedAnswer) -> bool:
        self._asked("write")
        free = self._memory.answered.get(_place(answer.key), answer) is not None
        if free:
            self._memory.answered[_place(answer.key)] = answer
        return free

    def unpublish(self, key: AnswerKey, now: datetime) -> None:
        self._asked("write")
        self._memory.answered[_place(key)] = None

    def published(self, shop: str, sku: str, language: str) -> Sequence[PublishedAnswer]:
        self._asked("read")
        found = [each for each in self._memory.answered.values() if each]
        here = [each for each in found if _place(each.key)[:3] == (shop, sku.lower(), language)]
        return sorted((replace(each, key=replace(each.key, sku=sku)) for each in here), key=lambda each: each.at)

    def all_published(self, shop: str, language: str, begins: str = "") -> Sequence[PublishedAnswer]:
        self._asked("read")
        found = [each for each in self._memory.answered.values() if each]
        found = [each for each in found if each.key.sku.lower().startswith(begins.lower())]
        here = [each for each in found if (each.key.shop, each.key.language) == (shop, language)]
        return sorted(here, key=lambda each: each.at)

    def changed(self, shop: str, language: str) -> str:
        return " ".join(f"{each.key.sku}#{each.key.id}#{each.at}" for each in self.all_published(shop, language))

    def read(self, keys: Sequence[AnswerKey]) -> Sequence[PublishedAnswer]:
        self._asked("read")
        found = (self._memory.answered.get(_place(key)) for key in dict.fromkeys(keys))
        return [each for each in found if each]

    def is_published(self, key: AnswerKey) -> bool:
        self._asked("read")
        return self._memory.answered.get(_place(key)) is not None


def _place(key: AnswerKey) -> tuple[str, str, str, str]:
    return (key.shop, key.sku.lower(), key.language, key.id)
