"""Which tickets a word stands in: one small item for each word and ticket, found by the word, the newest ticket first.

Words come blinded: the table holds what cannot be read back. Each is put by a request of its own, because the right to
write in batches is the right to delete.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from chalicelib.aws.store import items
from chalicelib.aws.store.codec import Attributes
from chalicelib.services.ports.deps import Mention

# Fewer than the connections that the client keeps.
_AT_ONCE = 8


def note(client: Any, table: str, shop: str, words: Iterable[str], mention: Mention) -> None:
    """As services.ports.deps.Store.note_words says."""

    def put(word: str) -> None:
        client.put_item(TableName=table, Item=items.word_key(shop, word, mention))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(put, words))  # raises what a put raised


def mentions(
    client: Any, table: str, shop: str, word: str, most: int, after: Mention | None
) -> tuple[list[Mention], bool]:
    """As services.ports.deps.Store.mentions says."""
    begin = {"ExclusiveStartKey": items.word_key(shop, word, after)} if after else {}
    answer = client.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": items.word_list(shop, word)}},
        ScanIndexForward=False,
        Limit=most,
        **begin,
    )
    return [_mention(item) for item in answer["Items"]], "LastEvaluatedKey" in answer


def keys(shop: str, words: Sequence[Sequence[str]], found: Sequence[Mention]) -> list[Attributes]:
    """What there may be of each of these tickets when all the words stand in it."""
    return [items.word_key(shop, reading, mention) for mention in found for word in words for reading in word]


def having_all(
    items_found: Iterable[Attributes], shop: str, words: Sequence[Sequence[str]], found: Sequence[Mention]
) -> list[Mention]:
    """Those tickets of which an item of each word was found."""
    held = {(item["pk"]["S"], _mention(item)) for item in items_found}

    def holds(mention: Mention, word: Sequence[str]) -> bool:
        return any((items.word_list(shop, reading), mention) in held for reading in word)

    return [mention for mention in found if all(holds(mention, word) for word in words)]


def _mention(item: Attributes) -> Mention:
    opened_at, _, ref = item["sk"]["S"].partition("#")
    return Mention(datetime.fromisoformat(opened_at), ref)
