"""The tickets in which a word occurs: one small item per word and ticket, found by the word, the newest ticket first.

Words are blinded: the table has only values that cannot be reversed. Many are put in one request of PartiQL inserts,
because the right to write in batches (BatchWriteItem) includes the rights to delete and to overwrite (decision 176).
"""

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.table import items
from chalicelib.aws.table.codec import Attributes
from chalicelib.aws.table.table import Table
from chalicelib.services.ports.search import SearchHit

# The maximum of BatchExecuteStatement. Its statements succeed or fail separately, and a request in which some failed is
# answered like any other: each statement has its own response ("BatchStatementError" of the API reference).
_STATEMENTS = 25
_THERE_ALREADY = "DuplicateItem"
_BUSY = frozenset({
    "InternalServerError", "ProvisionedThroughputExceeded", "RequestLimitExceeded", "ThrottlingError",
    "TransactionConflict",
})  # fmt: skip
# The most seconds before each repetition of what the table was too busy for. After that the stream repeats the batch.
_PAUSES = (0.1, 0.2, 0.4, 0.8)


class SearchIndex:
    """Implements services.ports.search.SearchIndex."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def index_words(self, shop: str, words: Iterable[str], hit: SearchHit) -> None:
        keys = [items.word_key(shop, word, hit) for word in words]
        for start in range(0, len(keys), _STATEMENTS):
            left = self._inserted(keys[start : start + _STATEMENTS])
            for pause in _PAUSES:
                if not left:
                    break
                time.sleep(random.uniform(0, pause))  # noqa: S311
                left = self._inserted([key for key, _ in left])
            if left:
                raise _failure(left[0][1])

    def _inserted(self, keys: Sequence[Attributes]) -> list[tuple[Attributes, Mapping[str, Any]]]:
        """Insert these items in one request; existing ones stay as they are. Returns those for which the table was too
        busy, each with its error; raises any other error."""
        insertion = f"INSERT INTO \"{self._table.name}\" VALUE {{'pk': ?, 'sk': ?}}"
        statements: Any = [{"Statement": insertion, "Parameters": [key["pk"], key["sk"]]} for key in keys]
        responses = self._table.client.batch_execute_statement(Statements=statements)["Responses"]
        errors = [(key, response.get("Error", {})) for key, response in zip(keys, responses, strict=True)]
        left: list[tuple[Attributes, Mapping[str, Any]]] = []
        for key, error in errors:
            if error and error["Code"] in _BUSY:
                left.append((key, error))
            elif error and error["Code"] != _THERE_ALREADY:
                raise _failure(error)
        return left

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


def _failure(error: Mapping[str, Any]) -> ClientError:
    """The error of one statement, as if the request had failed."""
    return ClientError({"Error": {"Code": error["Code"], "Message": error["Message"]}}, "BatchExecuteStatement")


def _hit(item: Attributes) -> SearchHit:
    opened_at, _, ref = item["sk"]["S"].partition("#")
    return SearchHit(datetime.fromisoformat(opened_at), ref)
