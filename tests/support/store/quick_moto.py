"""Makes moto's DynamoDB fast: its time depends on the items requested, not on the size of the table. Its behaviour
stays the same: tests/support/store/contract.py checks it against DynamoDB's promises like the other tables."""

import copy
import inspect
from collections import defaultdict
from typing import Any

import pytest
from moto.core.serialize import JSONSerializer
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table as MotoTable
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser  # type: ignore[attr-defined]
from moto.dynamodb.parsing.validators import ActionCountValidator, OverlappingPathsValidator

_MOST_BYTES = 405_000  # as in moto, which takes a little more than DynamoDB


def quick(environment: pytest.MonkeyPatch) -> None:
    """Apply the changes until `environment` ends."""
    _quick_items(environment)
    _quick_transactions(environment)
    _quick_updates(environment)
    _quick_queries(environment)
    _quick_answers(environment)


def _quick_items(environment: pytest.MonkeyPatch) -> None:
    """For each attribute of a new item moto adds up the sizes of all before it. It is enough to add them up once."""
    start = Item.__init__

    def made(item: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
        start(item, hash_key, range_key, {})
        typed = {name: DynamoType(value) for name, value in attrs.items()}
        if sum(len(name.encode()) + value.size() for name, value in typed.items()) > _MOST_BYTES:
            raise ItemSizeTooLarge
        dict.update(item.attrs, typed)

    environment.setattr(Item, "__init__", made)


def _quick_transactions(environment: pytest.MonkeyPatch) -> None:
    """Before each transaction moto copies the whole table with its stream, for a rollback, so that tests' writes take
    longer and longer. It is enough to copy the partitions that the transaction changes, and the items that it changes
    in place."""
    transact, keys = DynamoDBBackend.transact_write_items, list[dict[str, Any]]()
    changed = set[DynamoType]()

    def noting_keys(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        keys[:] = [request["Update"]["Key"] for request in transact_items if "Update" in request]
        asked = [one for request in transact_items for one in request.values()]
        changed.clear()
        changed.update(DynamoType((one.get("Key") or one["Item"])["pk"]) for one in asked)
        transact(backend, transact_items)

    def before(table: MotoTable, memo: dict[int, Any]) -> MotoTable:
        kept = copy.copy(table)
        kept.items = defaultdict(dict, table.items)
        kept.items.update({name: dict(table.items[name]) for name in changed if name in table.items})
        kept.stream_shard = copy.copy(table.stream_shard)
        if kept.stream_shard:
            kept.stream_shard.items = list(kept.stream_shard.items)
        for key in keys:
            partition = kept.items.get(DynamoType(key["pk"]), {})
            if DynamoType(key["sk"]) in partition:
                partition[DynamoType(key["sk"])] = copy.deepcopy(partition[DynamoType(key["sk"])], memo)
        return kept

    environment.setattr(DynamoDBBackend, "transact_write_items", noting_keys)
    environment.setattr(MotoTable, "__deepcopy__", before, raising=False)


def _quick_updates(environment: pytest.MonkeyPatch) -> None:
    """Two checks of an update look at all nodes below, and moto calls them for each of these nodes again. The types of
    nodes that a check is for are the same for each node."""
    types = dict[type, tuple[type, ...]]()

    def counted(validator: ActionCountValidator, node: Any) -> Any:
        return validator.verify_action_counts(node)

    def compared(validator: OverlappingPathsValidator, node: Any) -> Any:
        return validator.check_for_overlapping_paths(node)

    def types_of(check: DepthFirstTraverser) -> tuple[type, ...]:
        if type(check) not in types:
            types[type(check)] = tuple(check._processing_map())
        return types[type(check)]

    environment.setattr(ActionCountValidator, "traverse", counted)
    environment.setattr(OverlappingPathsValidator, "traverse", compared)
    environment.setattr(DepthFirstTraverser, "nodes_to_be_processed", types_of)


def _quick_queries(environment: pytest.MonkeyPatch) -> None:
    """For each query moto sorts the whole table, key by key. Instead a partition is found by its key. Our keys are
    strings, which sort without conversion."""
    query, cast_value = MotoTable.query, inspect.getattr_static(DynamoType, "cast_value").fget
    wanted = inspect.signature(query)

    def within(table: MotoTable, *args: Any, **more: Any) -> Any:
        asked = wanted.bind(table, *args, **more).arguments
        if asked.get("index_name") is None:
            part = copy.copy(table)
            part.items = defaultdict(dict, {asked["hash_key"]: table.items.get(asked["hash_key"], {})})
            table = part
        return query(table, *args, **more)

    def in_order(table: MotoTable) -> list[Item]:
        items = [item for held in table.items.values() for item in held.values()]
        return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))

    environment.setattr(MotoTable, "query", within)
    environment.setattr(MotoTable, "all_items", in_order)
    environment.setattr(
        DynamoType, "cast_value", property(lambda held: held.value if held.type == "S" else cast_value(held))
    )


def _quick_answers(environment: pytest.MonkeyPatch) -> None:
    """For each attribute of an answer moto tries each of its ten possible types."""
    structure = JSONSerializer._serialize_type_structure

    def as_it_is(serializer: JSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and _as_on_the_wire(value):
            serialized[key] = value
        else:
            structure(serializer, serialized, value, shape, key)

    environment.setattr(JSONSerializer, "_serialize_type_structure", as_it_is)


def _as_on_the_wire(value: Any) -> bool:
    """Whether the attribute has the same form in Python as on the wire; bytes have not."""
    match value:
        case {"M": held}:
            return all(map(_as_on_the_wire, held.values()))
        case {"L": held}:
            return all(map(_as_on_the_wire, held))
        case {"S": _} | {"N": _} | {"BOOL": _} | {"NULL": _}:
            return True
        case _:
            return False
