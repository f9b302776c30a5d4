"""Tables for tests as resources.yaml defines them, on moto and on the embedded AWS; and the cost of requests."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
from chalice.package import YAMLTemplateSerializer
from moto import mock_aws

from chalicelib.aws import clients
from tests.support.store import moto_inserts, quick_moto, quick_requests
from tests.support.store.whole import WholeStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION: Final = "eu-central-1"
ROOT = Path(__file__).parents[3]


@contextmanager
def in_process() -> Iterator[None]:
    """AWS as simulated by moto in this process; the developer's own AWS settings are ignored. Every client checks its
    parameters, also the one that does not when deployed."""
    settings = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            environment.delenv(name)
        for name, value in (settings | {"AWS_REGION": REGION}).items():
            environment.setenv(name, value)
        environment.setattr(clients, "LEAN", False)
        quick_moto.quick(environment)
        quick_requests.quick(environment)
        moto_inserts.apply(environment)
        clients.client.cache_clear()
        boto3.DEFAULT_SESSION = None
        yield
        clients.client.cache_clear()


@cache
def definition() -> dict[str, Any]:
    """The properties of the stack's table."""
    template: Any = YAMLTemplateSerializer().load_template((ROOT / "resources.yaml").read_text(encoding="utf-8"))
    properties: dict[str, Any] = template["Resources"]["Table"]["Properties"]
    return properties


def create(client: "DynamoDBClient", name: str) -> WholeStore:
    """A new table with the stack's definition."""
    stated = definition()
    same = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    stream = {"StreamEnabled": True} | stated["StreamSpecification"]
    client.create_table(TableName=name, StreamSpecification=stream, **{key: stated[key] for key in same})
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    return WholeStore(client, name)


class Requests:
    """Records everything on the wire from now on: every request with its retries, and the write units that the answers
    state."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.names: list[str] = []
        self.puts: list[dict[str, Any]] = []
        self.units: list[float] = []
        events: Any = client.meta.events
        events.register("provide-client-params.dynamodb", self._asked)
        events.register_first("before-send.dynamodb", self._sent)
        events.register("after-call.dynamodb", self._answered)

    def _asked(self, params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any] | None:
        if model.name == "PutItem":
            self.puts.append(params["Item"])
        if model.name in ("PutItem", "UpdateItem", "TransactWriteItems"):
            return {**params, "ReturnConsumedCapacity": "INDEXES"}
        return None

    def _sent(self, request: Any, **_: Any) -> None:
        target = request.headers["X-Amz-Target"]
        self.names.append((target if isinstance(target, str) else target.decode()).rpartition(".")[2])

    def _answered(self, parsed: Mapping[str, Any], **_: Any) -> None:
        capacity = parsed.get("ConsumedCapacity")
        if capacity:
            capacities = capacity if isinstance(capacity, list) else [capacity]
            self.units.append(sum(one["CapacityUnits"] for one in capacities))


def write_units(item: Mapping[str, Any]) -> int:
    """The write units of putting a new item, by Amazon's rule: one for each started KB of the item, and of each index
    entry that it makes ("Read and write capacity units" and "Global secondary indexes" of the developer guide)."""
    entries = [_started_kilobytes(item)]
    table_keys = {key["AttributeName"] for key in definition()["KeySchema"]}
    for index in definition()["GlobalSecondaryIndexes"]:
        index_keys = {key["AttributeName"] for key in index["KeySchema"]}
        if not index_keys <= item.keys():
            continue
        projected = table_keys | index_keys | set(index["Projection"].get("NonKeyAttributes", ()))
        entries.append(_started_kilobytes({name: item[name] for name in projected & item.keys()}))
    return sum(entries)


def size(item: Mapping[str, Any]) -> int:
    """Bytes of an item, by "DynamoDB item sizes and formats" of the developer guide."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _started_kilobytes(item: Mapping[str, Any]) -> int:
    return -(-size(item) // 1024)


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 2
        case "L":
            return 3 + sum(1 + _value_size(part) for part in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(part) for name, part in content.items())
        case _:
            return 1
