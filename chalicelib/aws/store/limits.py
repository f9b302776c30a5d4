"""Rate limits: counters in the table, one per key and window, and a mark for each event that must be counted only once.

A counter's item has a number for each slot (rules.intake.limits). An event is added to every slot in which it still
counts. So the current slot has the present count, and a condition on it is enough.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.table import items
from chalicelib.aws.table.table import NEW, Table
from chalicelib.rules.intake.limits import SPAN, Bound, Limit, slot, span_ends, spans

# Other requests for the same key at the same moment take a few hundredths of a second.
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2)
_FAILED = "ConditionalCheckFailed"


class Limits:
    """Implements services.ports.access.Limits."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def count(
        self, firm: Sequence[Limit], now: datetime, *, soft: Sequence[Limit] = (), idempotency_key: str = ""
    ) -> frozenset[Bound]:
        """The mark is one more item of the same transaction. If the counters stored what they have counted, they would
        grow with their limit. The mark records which soft limits were used up."""
        until = now + max((limit.window for limit in (*firm, *soft)), default=timedelta(0))
        used_up: frozenset[Bound] = frozenset()
        for pause in (*_PAUSES, 0):
            limits = [*firm, *(() if used_up else soft)]
            updates = [(limit, update) for limit in limits for update in _updates(self._table.name, limit, now)]
            if not (updates or idempotency_key):
                return used_up
            marks = (
                [_mark(self._table.name, items.counted_item(idempotency_key, until, used_up))]
                if idempotency_key
                else []
            )
            try:
                self._table.transact([*({"Update": update} for _, update in updates), *marks])
            except ClientError as error:
                reasons = _reasons(error)
                if idempotency_key and reasons and reasons[-1].get("Code") == _FAILED:
                    return items.used_up(reasons[-1].get("Item", {}))  # it was counted the first time
                over = {limit for (limit, _), why in zip(updates, reasons, strict=False) if why.get("Code") == _FAILED}
                if over.intersection(firm):
                    return frozenset(limit.bound for limit in over)
                if over:
                    used_up = frozenset(limit.bound for limit in over)
                elif not any(reason.get("Code") == "TransactionConflict" for reason in reasons):
                    raise
                else:
                    time.sleep(pause)
            else:
                return used_up
        return used_up  # a count that failed must not cost a customer the acknowledgement


def _mark(table: str, item: dict[str, Any]) -> dict[str, Any]:
    returned = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": NEW, **returned}}


def _updates(table: str, limit: Limit, now: datetime) -> Iterator[dict[str, Any]]:
    """One update for each item with slots to add to: one item, or two near its end. The first has the current slot, and
    the condition."""
    for number, slots in spans(limit.window, now):
        values = {":one": {"N": "1"}, ":end": {"N": str(int(span_ends(limit.window, number)))}}
        update = {
            "TableName": table,
            "Key": items.counter_key(limit.bound, limit.key, number),
            "UpdateExpression": f"ADD {', '.join(f's{slot} :one' for slot in slots)} SET expires_at = :end",
            "ExpressionAttributeValues": values,
        }
        if number == slot(limit.window, now) // SPAN:
            current_slot = f"s{slots[0]}"
            update["ConditionExpression"] = f"attribute_not_exists({current_slot}) OR {current_slot} < :maximum"
            values[":maximum"] = {"N": str(limit.maximum)}
        yield update


def _reasons(error: ClientError) -> list[dict[str, Any]]:
    """Why a transaction failed: one reason for each of its requests."""
    response: Any = error.response
    return list(response.get("CancellationReasons", ()))
