"""Published answers about products.

| item | pk | sk |
|---|---|---|
| published answer | QA#<shop>#<language> | <sku>#<id> |
| mark of the last change | QA#<shop>#<language> | # |

The answers of a shop in a language stand together, because the search of the help reads them all, and those of products
whose SKUs begin alike are neighbours, because an article is about such products.

What is taken back is overwritten by an item without words that expires some days later: so no function that serves
customers needs the right to delete, and a press that comes late publishes nothing.

The mark is written after the answer: who reads the mark and then the answers has them as they were at the mark, or
newer.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table.codec import encode
from chalicelib.aws.table.item_keys import expiry_at, key_of
from chalicelib.aws.table.table import Table

if TYPE_CHECKING:
    from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer

_MOST = 2_000
_REFUSED_FOR = timedelta(days=7)


class PublishedAnswers:
    """Implements services.ports.products.published.PublishedAnswers."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def publish(self, answer: "PublishedAnswer") -> bool:
        said = {"sku": answer.key.sku, "question": answer.question, "answer": answer.answer, "at": answer.at}
        item = _key(answer.key) | {name: encode(value) for name, value in said.items()}
        published = self._table.put_if(item, "attribute_not_exists(pk) OR attribute_exists(answer)")
        if published:
            self._mark(answer.key)
        return published

    def unpublish(self, key: "AnswerKey", now: datetime) -> None:
        self._table.put(_key(key) | {"expires_at": expiry_at(now + _REFUSED_FOR)})
        self._mark(key)

    def published(self, shop: str, sku: str, language: str) -> "Sequence[PublishedAnswer]":
        found = self._listed(shop, language, f"{sku.lower()}#")
        return [replace(each, key=replace(each.key, sku=sku)) for each in found if each.key.sku.lower() == sku.lower()]

    def all_published(self, shop: str, language: str, begins: str = "") -> "Sequence[PublishedAnswer]":
        return self._listed(shop, language, begins.lower())

    def changed(self, shop: str, language: str) -> str:
        mark: str = (self._table.get(_mark_key(shop, language)) or {}).get("changed", {}).get("S", "")
        return mark

    def read(self, keys: "Sequence[AnswerKey]") -> "Sequence[PublishedAnswer]":
        found = self._table.get_all([_key(key) for key in dict.fromkeys(keys)], ConsistentRead=True)
        return [_answer(item) for item in found if "answer" in item]

    def _mark(self, key: "AnswerKey") -> None:
        self._table.put(_mark_key(key.shop, key.language) | {"changed": encode(token_hex(8))})

    def _listed(self, shop: str, language: str, begins: str = "") -> "list[PublishedAnswer]":
        values: Any = {":pk": {"S": _partition(shop, language)}}
        asked = "pk = :pk"
        if begins:
            values, asked = values | {":sk": {"S": begins}}, "pk = :pk AND begins_with(sk, :sk)"
        # What was taken back expires only after days, and must not take the places of others. Nobody may find it in an
        # older copy.
        found = self._table.query_all(asked, values, FilterExpression="attribute_exists(answer)", ConsistentRead=True)
        answers = (_answer(item) for item in islice(found, _MOST))
        return sorted(answers, key=lambda each: each.at)

    def is_published(self, key: "AnswerKey") -> bool:
        item = self._table.get(_key(key))
        return item is not None and "answer" in item


def _answer(item: Any) -> "PublishedAnswer":
    from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer

    _, shop, language = item["pk"]["S"].split("#")
    key = AnswerKey(shop, item["sku"]["S"], language, item["sk"]["S"].rpartition("#")[2])
    return PublishedAnswer(key, item["question"]["S"], item["answer"]["S"], datetime.fromisoformat(item["at"]["S"]))


def _partition(shop: str, language: str) -> str:
    return f"QA#{shop}#{language}"


def _mark_key(shop: str, language: str) -> Any:
    return key_of(_partition(shop, language), "#")


def _key(key: "AnswerKey") -> Any:
    return key_of(_partition(key.shop, key.language), f"{key.sku.lower()}#{key.id}")
