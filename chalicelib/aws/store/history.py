"""What stands behind a ticket: its log, and the other tickets of its customer, in bounded lists."""

from collections.abc import Iterator
from typing import Any

from chalicelib.aws.store import items
from chalicelib.aws.store.codec import decode
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.tickets.ticket import LogEntry
from chalicelib.services.ports.deps import Sibling


def history(client: Any, table: str, ref: str, most: int) -> list[LogEntry]:
    """As services.ports.deps.Store.history says."""
    answer = client.query(
        TableName=table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :log)",
        ExpressionAttributeValues={":pk": {"S": f"TICKET#{ref}"}, ":log": {"S": "LOG#"}},
        ScanIndexForward=False,
        Limit=most,
    )
    return [logged.entry for item in answer["Items"] if (logged := items.readable(item))]


def tickets_of(client: Any, table: str, shop: str, address: str, most: int) -> list[Sibling]:
    """As services.ports.deps.Store.tickets_of says: the index has the keys, the table what to show of each."""
    answer = client.query(
        TableName=table,
        IndexName="customer",
        KeyConditionExpression="customer = :customer",
        ExpressionAttributeValues={":customer": {"S": f"{shop}#{canonical(address)}"}},
        ScanIndexForward=False,
        Limit=most,
    )
    keys = [{"pk": item["pk"], "sk": item["sk"]} for item in answer["Items"]]
    shown = {"ProjectionExpression": "#ref, subject, #state, kind, opened_at"}
    names = {"ExpressionAttributeNames": {"#ref": "ref", "#state": "state"}}
    asked: dict[str, Any] = {table: {"Keys": keys} | shown | names} if keys else {}
    found = []
    while asked:  # a throttled table leaves some unread
        brought = client.batch_get_item(RequestItems=asked)
        found += [decode(Sibling, item) for item in brought["Responses"].get(table, ())]
        asked = brought.get("UnprocessedKeys") or {}
    return sorted(found, key=lambda sibling: sibling.opened_at, reverse=True)


def refs_of(client: Any, table: str, shop: str, address: str) -> Iterator[str]:
    """As services.ports.records.Records.refs_of says: of the index, the keys alone."""
    pages = client.get_paginator("query").paginate(
        TableName=table,
        IndexName="customer",
        KeyConditionExpression="customer = :customer",
        ExpressionAttributeValues={":customer": {"S": f"{shop}#{canonical(address)}"}},
        ProjectionExpression="pk",
    )
    return (item["pk"]["S"].removeprefix("TICKET#") for page in pages for item in page["Items"])
