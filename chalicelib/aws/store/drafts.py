"""Agents' drafts: an item each in their ticket's partition, saved by one request that asks for nothing first."""

from datetime import datetime
from typing import Any

from chalicelib.aws.store import items
from chalicelib.aws.store.codec import encode
from chalicelib.services.ports.deps import Draft


def save(client: Any, table: str, draft: Draft, until: datetime) -> None:
    """As services.ports.deps.Store.save_draft says."""
    try:
        client.put_item(
            TableName=table,
            Item=items.draft_item(draft, until),
            ConditionExpression="attribute_not_exists(pk) OR #at <= :at",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":at": encode(draft.at)},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return  # a later one came first


def drafts(client: Any, table: str, ref: str, now: datetime) -> list[Draft]:
    """As services.ports.deps.Store.drafts says. DynamoDB deletes what has expired only within days: its date tells."""
    first = items.draft_key(ref, "")
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :drafts)",
        ExpressionAttributeValues={":pk": first["pk"], ":drafts": first["sk"]},
    )
    found = [item for page in pages for item in page["Items"]]
    return [items.read_draft(item) for item in found if int(item["expires_at"]["N"]) > now.timestamp()]
