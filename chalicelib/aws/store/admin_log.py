"""What admins look back on: how each day's mails came out, the mails that did not arrive, and what admins did."""

import random
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from chalicelib.aws.store import items
from chalicelib.aws.store.codec import ILL_FORMED, Attributes, decode
from chalicelib.aws.store.commits import NEW
from chalicelib.rules.privacy.audit_events import Deed, Place
from chalicelib.services.ports.deps import ALWAYS, Balance, Lost, Unread

_PAGE = 200
# Seconds.
_PAUSE = 0.05


def balances(client: Any, table: str, since: date, until: date) -> list[Balance]:
    """As services.ports.deps.Store.balances says: one request for each month."""
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
    """As services.ports.deps.Store.lost says."""
    answer = client.query(
        TableName=table,
        KeyConditionExpression="pk = :list",
        ExpressionAttributeValues={":list": {"S": items.lost_list(shop)}},
        ScanIndexForward=False,
        Limit=most,
    )
    return [decode(Lost, item) for item in answer["Items"]]


def deeds(client: Any, table: str, since: date, until: date) -> Iterator[Deed | Unread]:
    """As services.ports.deps.Store.deeds says."""
    for month in _months(since, until):
        pages = client.get_paginator("query").paginate(
            TableName=table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :month AND sk BETWEEN :since AND :until",
            ExpressionAttributeValues={
                ":month": {"S": f"AUDIT#{month}"},
                ":since": {"S": since.isoformat()},
                # After every moment of the last day.
                ":until": {"S": f"{until.isoformat()}U"},
            },
            PaginationConfig={"PageSize": _PAGE},
        )
        for page in pages:
            yield from map(_deed, page["Items"])


def latest_deed(client: Any, table: str) -> Place | None:
    """As services.ports.deps.Store.latest_deed says."""
    key = items.latest_deed_key()
    item = client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
    if item is None:
        return None
    try:
        return decode(Place, item)
    except ILL_FORMED:
        proof = item.get("proof", {}).get("S", "")
        return Place(0, ALWAYS, proof)


def note_deed(client: Any, table: str, deed: Deed) -> bool:
    """As services.ports.deps.Store.note_deed says. Who comes second waits a moment: of many at once each has its
    turn."""
    puts = [
        {"TableName": table, "Item": items.deed_item(deed), "ConditionExpression": NEW},
        {
            "TableName": table,
            "Item": items.latest_deed_item(deed.place),
            **_still(deed.after.proof if deed.after else ""),
        },
    ]
    try:
        client.transact_write_items(TransactItems=[{"Put": put} for put in puts])
    except client.exceptions.TransactionCanceledException as cancelled:
        codes = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
        if not codes <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
            raise
        time.sleep(random.uniform(0, _PAUSE))  # noqa: S311
        return False
    return True


def _still(proof: str) -> dict[str, Any]:
    """The condition that the latest deed is still the one of this proof, or that there is none."""
    if proof:
        return {"ConditionExpression": "proof = :proof", "ExpressionAttributeValues": {":proof": {"S": proof}}}
    return {
        "ConditionExpression": "NOT attribute_type(proof, :text) OR proof = :nothing",
        "ExpressionAttributeValues": {":text": {"S": "S"}, ":nothing": {"S": ""}},
    }


def _deed(item: Attributes) -> Deed | Unread:
    try:
        deed = decode(Deed, item)
        if items.deed_item(deed) == item:
            return deed
    except ILL_FORMED:
        pass
    return Unread(item["sk"]["S"])


def _months(since: date, until: date) -> Iterator[str]:
    month = since.replace(day=1)
    while month <= until:
        yield f"{month:%Y-%m}"
        month = (month + timedelta(days=31)).replace(day=1)


def _balance(item: Attributes) -> Balance:
    outcomes = {name: int(count["N"]) for name, count in item["outcomes"]["M"].items()}
    return Balance(date.fromisoformat(item["sk"]["S"]), int(item["received"]["N"]), outcomes)
