"""What admins look back on: how each day's mails came out, the mails that did not arrive, and what admins did."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from chalicelib.aws import items
from chalicelib.aws.codec import Attributes, decode
from chalicelib.services.ports import Balance, Deed, Lost


def balances(client: Any, table: str, since: date, until: date) -> list[Balance]:
    """As services.ports.Store.balances says: one request for each month."""
    found: list[Balance] = []
    for month in _months(since, until):
        answer = client.query(
            TableName=table,
            KeyConditionExpression="pk = :month AND sk BETWEEN :since AND :until",
            ExpressionAttributeValues={
                ":month": {"S": f"BALANCE#{month}"},
                ":since": {"S": since.isoformat()},
                ":until": {"S": until.isoformat()},
            },
        )
        found += map(_balance, answer["Items"])
    return found


def lost(client: Any, table: str, shop: str, most: int) -> list[Lost]:
    """As services.ports.Store.lost says."""
    answer = client.query(
        TableName=table,
        KeyConditionExpression="pk = :list",
        ExpressionAttributeValues={":list": {"S": items.lost_list(shop)}},
        ScanIndexForward=False,
        Limit=most,
    )
    return [decode(Lost, item) for item in answer["Items"]]


def deeds(client: Any, table: str, since: date, until: date) -> list[Deed]:
    """As services.ports.Store.deeds says."""
    found: list[Deed] = []
    for month in _months(since, until):
        pages = client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="pk = :month AND sk BETWEEN :since AND :until",
            ExpressionAttributeValues={
                ":month": {"S": f"AUDIT#{month}"},
                ":since": {"S": since.isoformat()},
                # After every moment of the last day.
                ":until": {"S": f"{until.isoformat()}U"},
            },
        )
        found += [decode(Deed, item) for page in pages for item in page["Items"]]
    return found


def _months(since: date, until: date) -> Iterator[str]:
    month = since.replace(day=1)
    while month <= until:
        yield f"{month:%Y-%m}"
        month = (month + timedelta(days=31)).replace(day=1)


def _balance(item: Attributes) -> Balance:
    outcomes = {name: int(count["N"]) for name, count in item["outcomes"]["M"].items()}
    return Balance(date.fromisoformat(item["sk"]["S"]), int(item["received"]["N"]), outcomes)
