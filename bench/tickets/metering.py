"""A meter on a DynamoDB client: requests, and the units Amazon's rule charges for them.
The rule: "DynamoDB read and write operations" and "Global secondary indexes" of the developer guide."""

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tests.support.store.tables import size

Item = Mapping[str, Any]
_KEYS = {"pk", "sk"}
_WRITES = {
    "BatchExecuteStatement", "BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem",
}  # fmt: skip
_INSERTION = re.compile(r"INSERT INTO \"([^\"]+)\" VALUE {'pk': \?, 'sk': \?}")
_PARTITION = re.compile(r"\w+ = (:\w+)")
_READ_BLOCK, _WRITE_BLOCK = 4096, 1024


class Counts(NamedTuple):
    """The counts; the fields' names are the units."""

    requests: float = 0
    write_units: float = 0
    read_units: float = 0


class Placed(NamedTuple):
    """The units of a partition key that a request used. `place`: the name of the index, or `TABLE`. `transactions`: 1
    if a transaction wrote an item there."""

    place: str
    key: str
    write_units: float = 0
    read_units: float = 0
    transactions: int = 0


TABLE = "table"


class Meter:
    """Count the requests over `client`. Stored items are read over `unmetered`, another client of the same DynamoDB;
    `indexes` are each table's, as CloudFormation declares them."""

    def __init__(self, client: Any, unmetered: Any, indexes: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        self._unmetered = unmetered
        self._indexes = indexes
        self._counts = Counts()
        self._placed: list[Placed] = []
        # A purge asks in several threads at once: each has a request of its own, and all count together.
        self._asking = threading.local()
        self._counting = threading.Lock()
        client.meta.events.register("provide-client-params.dynamodb", self._asked)
        client.meta.events.register("after-call.dynamodb", self._answered)

    def taken(self) -> Counts:
        """The counts since the last call."""
        counted, self._counts = self._counts, Counts()
        self._placed = []
        return counted

    def placed(self) -> list[Placed]:
        """Where the units since the last call of `taken` were used."""
        return self._placed

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._asking.params = params
        self._asking.before = []
        if model.name in _WRITES:
            self._asking.before = [(table, key, self._stored(table, key)) for table, key in _written(params)]

    def _answered(self, parsed: Item, model: Any, **_: Any) -> None:
        transactions = int(model.name == "TransactWriteItems")
        placed = [
            each
            for table, key, before in self._asking.before
            for each in _written_units(
                key["pk"]["S"], before, self._stored(table, key), self._indexes[table], transactions
            )
        ]
        placed += [] if self._asking.before else _read_units(self._asking.params, parsed)
        with self._counting:
            self._placed += placed
            requests, written, read = self._counts
            written += sum(each.write_units for each in placed)
            self._counts = Counts(requests + 1, written, read + sum(each.read_units for each in placed))

    def _stored(self, table: str, key: Item) -> Item:
        stored: Item = self._unmetered.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        return stored


def _written(params: Mapping[str, Any]) -> list[tuple[str, Item]]:
    """The table and key of every item that a request writes."""
    if "Statements" in params:
        return [_inserted(each["Statement"], *each["Parameters"]) for each in params["Statements"]]
    if "RequestItems" in params:
        return [(table, _key(part)) for table, written in params["RequestItems"].items() for part in _parts(written)]
    parts = _parts(params.get("TransactItems", ())) or [params]
    return [(part["TableName"], _key(part)) for part in parts]


def _parts(entries: Iterable[Item]) -> list[Any]:
    """The requests of a transaction or batch, without their kinds."""
    return [part for entry in entries for part in entry.values()]


def _key(part: Item) -> Item:
    return part.get("Key") or _only(part["Item"], _KEYS)


def _inserted(statement: str, pk: Item, sk: Item) -> tuple[str, Item]:
    """What a statement inserts. It is charged like a put, even if the item is there already."""
    insertion = _INSERTION.fullmatch(statement)
    assert insertion, statement
    return insertion[1], {"pk": pk, "sk": sk}


def _written_units(
    pk: str, before: Item, after: Item, indexes: Iterable[Mapping[str, Any]], transactions: int
) -> Iterator[Placed]:
    """For the item, the larger of its sizes before and after; for each index, what changed in it. A transaction writes
    each item twice, to prepare and to commit; the indexes follow once."""
    units = (1 + transactions) * _blocks(max(size(before), size(after)), _WRITE_BLOCK)
    yield Placed(TABLE, pk, units, transactions=transactions)
    for index in indexes:
        keys = {key["AttributeName"] for key in index["KeySchema"]}
        (split_by,) = (key["AttributeName"] for key in index["KeySchema"] if key["KeyType"] == "HASH")
        shown = _KEYS | keys | set(index["Projection"].get("NonKeyAttributes", ()))
        old, new = (_only(item, shown) if keys <= item.keys() else {} for item in (before, after))
        for entry, larger in _index_entries(old, new, keys):
            yield Placed(index["IndexName"], entry[split_by]["S"], _blocks(larger, _WRITE_BLOCK))


def _index_entries(before: Item, after: Item, keys: set[str]) -> list[tuple[Item, int]]:
    """The entries that are written, each with the bytes that count."""
    if before == after:
        return []
    if before and after and _only(before, keys) != _only(after, keys):
        # An index entry cannot move: it is deleted and put again.
        return [(before, size(before)), (after, size(after))]
    return [(after or before, max(size(before), size(after)))]


def _read_units(params: Item, parsed: Item) -> Iterator[Placed]:
    """Each item of a batch is charged by itself, also one that is not there; those of a query together."""
    for table, asked in params.get("RequestItems", {}).items():
        found = parsed["Responses"][table]
        sizes = {(item["pk"]["S"], item["sk"]["S"]): size(item) for item in found if item.keys() >= _KEYS}
        for key in asked["Keys"]:
            length = sizes.get((key["pk"]["S"], key["sk"]["S"]), 0)
            yield Placed(TABLE, key["pk"]["S"], read_units=_blocks(length, _READ_BLOCK) * _share(asked))
    if "RequestItems" not in params:
        items = parsed.get("Items") or [parsed.get("Item", {})]
        units = _blocks(sum(map(size, items)), _READ_BLOCK) * _share(params)
        yield Placed(params.get("IndexName", TABLE), _asked_key(params), read_units=units)


def _asked_key(params: Item) -> str:
    """The partition key of a request for an item, or of a query, whose condition begins with it."""
    if "Key" in params:
        return str(params["Key"]["pk"]["S"])
    found = _PARTITION.match(params.get("KeyConditionExpression", ""))
    return str(params["ExpressionAttributeValues"][found[1]]["S"]) if found else ""


def _share(asked: Item) -> float:
    """An eventually consistent read costs half a unit."""
    return 1 if asked.get("ConsistentRead", False) else 0.5


def _only(item: Item, names: set[str]) -> Item:
    return {name: value for name, value in item.items() if name in names}


def _blocks(length: int, block: int) -> int:
    """The number of started blocks; zero bytes are charged as one."""
    return max(1, -(-length // block))
