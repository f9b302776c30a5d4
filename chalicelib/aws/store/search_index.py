"""The tickets in which a word occurs: one small item per word and ticket, found by the word, the newest ticket first.

Words are blinded: the table has only values that cannot be reversed. Each item is put by a request of its own, because
the right to write in batches includes the right to delete.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from chalicelib.aws.table import items
from chalicelib.aws.table.codec import Attributes
from chalicelib.aws.table.table import Table
from chalicelib.services.ports.search import SearchHit

# Fewer than the client's pool of connections.
_AT_ONCE = 8


class SearchIndex:
    """Implements services.ports.search.SearchIndex."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def index_words(self, shop: str, words: Iterable[str], hit: SearchHit) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            # Raises the error of a failed put.
            list(pool.map(lambda word: self._table.put(items.word_key(shop, word, hit)), words))

    def hits(self, shop: str, word: str, limit: int, after: SearchHit | None = None) -> tuple[list[SearchHit], bool]:
        begin = {"ExclusiveStartKey": items.word_key(shop, word, after)} if after else {}
        values = {":pk": {"S": items.word_list(shop, word)}}
        answer = self._table.query("pk = :pk", values, ScanIndexForward=False, Limit=limit, **begin)
        return [_hit(item) for item in answer["Items"]], "LastEvaluatedKey" in answer

    def find_mentions(self, shop: str, words: Sequence[Sequence[str]], among: Sequence[SearchHit]) -> list[SearchHit]:
        keys = [items.word_key(shop, reading, hit) for hit in among for word in words for reading in word]
        existing = {(item["pk"]["S"], _hit(item)) for item in self._table.get_all(keys)}

        def holds(hit: SearchHit, word: Sequence[str]) -> bool:
            return any((items.word_list(shop, reading), hit) in existing for reading in word)

        return [hit for hit in among if all(holds(hit, word) for word in words)]


def _hit(item: Attributes) -> SearchHit:
    opened_at, _, ref = item["sk"]["S"].partition("#")
    return SearchHit(datetime.fromisoformat(opened_at), ref)
