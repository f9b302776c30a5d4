"""The table, and the requests that many modules use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from chalicelib.aws.table.codec import Attributes, encode

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef

NEW = "attribute_not_exists(pk)"
"""The condition that the item does not exist yet."""
# The maximum of BatchGetItem.
MAX_KEYS = 100


@dataclass(frozen=True, slots=True)
class Table:
    """The table with this name. `client` is a boto3 DynamoDB client."""

    client: DynamoDBClient
    name: str

    def get(self, key: Attributes) -> Attributes | None:
        item: Attributes | None = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")
        return item

    def get_all(self, keys: list[Attributes], **shown: Any) -> Iterator[Attributes]:
        """The items that exist for these keys; without keys there is no request. `shown`: arguments that select
        attributes."""
        for start in range(0, len(keys), MAX_KEYS):
            requested: dict[str, Any] = {self.name: {"Keys": keys[start : start + MAX_KEYS]} | shown}
            while requested:  # a throttled table leaves some items unread
                answer = self.client.batch_get_item(RequestItems=requested)
                yield from answer["Responses"].get(self.name, ())
                requested = answer.get("UnprocessedKeys") or {}

    def put(self, item: Attributes) -> None:
        """Put the item without a condition."""
        self.client.put_item(TableName=self.name, Item=item)

    def put_if(self, item: Attributes, condition: str, **more: Any) -> bool:
        """Put the item if the condition holds; returns whether it did."""
        try:
            self.client.put_item(TableName=self.name, Item=item, ConditionExpression=condition, **more)
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def put_version(self, item: Attributes, version: int) -> bool:
        """Put a new item (version 1) or the next version of one. Returns False if another change came first."""
        guard = at_version(version)
        return self.put_if(item, guard.pop("ConditionExpression"), **guard)

    def transact(self, writes: Iterable[Mapping[str, Mapping[str, Any]]]) -> None:
        """All of these writes or none, in one request."""
        self.client.transact_write_items(TransactItems=cast(Any, list(writes)))

    def query(self, condition: str, values: Attributes, **more: Any) -> QueryOutputTypeDef:
        """A single request; `values` are the condition's values."""
        return self.client.query(
            TableName=self.name, KeyConditionExpression=condition, ExpressionAttributeValues=values, **more
        )

    def query_all(self, condition: str, values: Attributes, **more: Any) -> Iterator[Attributes]:
        """All items, with as many requests as needed."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name, KeyConditionExpression=condition, ExpressionAttributeValues=values, **more
        )
        return (item for page in pages for item in page["Items"])


def at_version(version: int) -> dict[str, Any]:
    """The condition of a put: the item does not exist yet (version 1), or is at the version before."""
    if version == 1:
        return {"ConditionExpression": NEW}
    values = {":before": encode(version - 1)}
    return {"ConditionExpression": "version = :before", "ExpressionAttributeValues": values}
