"""Published answers about products.

| item | pk | sk |
|---|---|---|
| published answer | QA#<shop>#<language> | <sku>#<id> |

The answers of a shop in a language stand together, because the search of the help reads them all, and those of products
whose SKUs begin alike are neighbours, because an article is about such products.

What is taken back is overwritten by an item without words that expires some days later: so no function that serves
customers needs the right to delete, and a press that comes late publishes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
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
        return self._table.put_if(item, "attribute_not_exists(pk) OR attribute_exists(answer)")

    def unpublish(self, key: "AnswerKey", now: datetime) -> None:
        self._table.put(_key(key) | {"expires_at": expiry_at(now + _REFUSED_FOR)})

    def published(self, shop: str, sku: str, language: str) -> "Sequence[PublishedAnswer]":
        found = self._listed(shop, language, f"{sku.lower()}#")
        return [replace(each, key=replace(each.key, sku=sku)) for each in found if each.key.sku.lower() == sku.lower()]

    def all_published(self, shop: str, language: str, begins: str = "") -> "Sequence[PublishedAnswer]":
        return self._listed(shop, language, begins.lower())

    def _listed(self, shop: str, language: str, begins: str = "") -> "list[PublishedAnswer]":
        from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer

        values: Any = {":pk": {"S": _partition(shop, language)}}
        asked = "pk = :pk"
        if begins:
            values, asked = values | {":sk": {"S": begins}}, "pk = :pk AND begins_with(sk, :sk)"
        # What was taken back expires only after days, and must not take the places of others. Nobody may find it in an
        # older copy.
        found = self._table.query_all(asked, values, FilterExpression="attribute_exists(answer)", ConsistentRead=True)
        answers = (
            PublishedAnswer(
                AnswerKey(shop, item["sku"]["S"], language, item["sk"]["S"].rpartition("#")[2]),
                item["question"]["S"],
                item["answer"]["S"],
                datetime.fromisoformat(item["at"]["S"]),
            )
            for item in islice(found, _MOST)
        )
        return sorted(answers, key=lambda each: each.at)

    def is_published(self, key: "AnswerKey") -> bool:
        item = self._table.get(_key(key))
        return item is not None and "answer" in item


def _partition(shop: str, language: str) -> str:
    return f"QA#{shop}#{language}"


def _key(key: "AnswerKey") -> Any:
    return key_of(_partition(key.shop, key.language), f"{key.sku.lower()}#{key.id}")
