"""Rate limits: counters in the table, one for each key and window, and a mark for whatever is counted once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws import items
from chalicelib.aws.commits import CONFLICT_TRIES, NEW
from chalicelib.services.ports import Limit


def within_limits(client: Any, table: str, limits: Sequence[Limit], now: datetime, once: str) -> bool:
    """As services.ports.Store.within_limits says. The mark is one more item of the same transaction: keeping what was
    counted in the counters would make them grow with their limit."""
    counts = [{"Update": _count(table, limit, now)} for limit in limits]
    longest = max(limit.window for limit in limits)
    mark = {"TableName": table, "Item": items.counted_item(once, now + longest), "ConditionExpression": NEW}
    requests = [*counts, {"Put": mark}] if once else counts
    for _ in range(CONFLICT_TRIES):
        try:
            client.transact_write_items(TransactItems=requests)
        except ClientError as error:
            failed = [reason.get("Code") for reason in _reasons(error)]
            if once and failed[-1:] == ["ConditionalCheckFailed"]:
                return True  # counted when it came first
            if "ConditionalCheckFailed" in failed:
                return False
            if "TransactionConflict" not in failed:
                raise
        else:
            return True
    return True  # a count that could not be taken must not cost a customer the acknowledgement


def _count(table: str, limit: Limit, now: datetime) -> dict[str, Any]:
    seconds = int(limit.window.total_seconds())
    window = int(now.timestamp()) // seconds
    return {
        "TableName": table,
        "Key": items.counter_key(limit.key, window),
        "UpdateExpression": "ADD seen :one SET expires_at = :end",
        "ConditionExpression": "attribute_not_exists(seen) OR seen < :most",
        "ExpressionAttributeValues": {
            ":one": {"N": "1"},
            ":most": {"N": str(limit.most)},
            ":end": {"N": str((window + 2) * seconds)},
        },
    }


def _reasons(error: ClientError) -> list[dict[str, Any]]:
    """Why a transaction failed, one reason for each of its requests."""
    response: Any = error.response
    return list(response.get("CancellationReasons", ()))
