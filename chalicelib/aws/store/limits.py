"""Rate limits: counters in the table, an item for each subject and key, and a mark for each event that must be counted
only once.

A counter's item has an attribute for each slot (rules.intake.limits) of each of its windows. An event is added to every
slot in which it still counts. So the current slot has the present count, and a condition on it is enough. The items are
read first, eventually consistent: to remove slots that are over, and because a limit seen as used up is used up.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.table import items
from chalicelib.aws.table.codec import Attributes
from chalicelib.aws.table.item_keys import expiry_at
from chalicelib.aws.table.table import NEW, Table
from chalicelib.rules.intake.limits import DAY, HOUR, MINUTE, MONTH, SIGN_INS_WITHIN, Bound, Limit, slot, slots

# Other requests for the same key at the same moment take a few hundredths of a second.
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2)
_FAILED = "ConditionalCheckFailed"
# What the attributes of a window's slots begin with.
_LETTERS = {HOUR: "h", DAY: "d", SIGN_INS_WITHIN: "m", MINUTE: "s", MONTH: "a"}
_Counters = Mapping[tuple[str, str], Attributes]


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
        for pause in (0.0, *_PAUSES):
            time.sleep(pause)
            # After a refused transaction the present counts are needed.
            counters = self._counters([*firm, *soft], consistent=pause > 0)
            used_up = _used_up(soft, counters, now)
            if refusing := _used_up(firm, counters, now):
                counted = self._table.get(items.counted_key(idempotency_key)) if idempotency_key else None
                return refusing | used_up if counted is None else items.used_up(counted)
            updates = list(_updates([*firm, *(() if used_up else soft)], counters, now))
            marks = [items.counted_item(idempotency_key, until, used_up)] if idempotency_key else []
            if not (updates or marks):
                return used_up
            try:
                self._table.transact(
                    [
                        *({"Update": {"TableName": self._table.name, **update}} for update in updates),
                        *({"Put": {"TableName": self._table.name, **_NEW, "Item": mark}} for mark in marks),
                    ]
                )
            except ClientError as error:
                reasons = _reasons(error)
                if marks and reasons and reasons[-1].get("Code") == _FAILED:
                    return items.used_up(reasons[-1].get("Item", {}))  # it was counted the first time
                if not {reason.get("Code") for reason in reasons} & {_FAILED, "TransactionConflict"}:
                    raise
            else:
                return used_up
        # A count that failed must not cost a customer the acknowledgement, nor the shop money.
        return used_up | {limit.bound for limit in (*firm, *soft) if limit.bound.costs_money}

    def _counters(self, limits: Iterable[Limit], *, consistent: bool) -> _Counters:
        """The items of the limits' counters, by subject and key."""
        keys = {_counter(limit): items.counter_key(*_counter(limit)) for limit in limits}
        found = {item["pk"]["S"]: item for item in self._table.get_all([*keys.values()], ConsistentRead=consistent)}
        return {counter: found.get(key["pk"]["S"], {}) for counter, key in keys.items()}


_NEW = {"ConditionExpression": NEW, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def _counter(limit: Limit) -> tuple[str, str]:
    return limit.bound.subject, limit.key


def _used_up(limits: Iterable[Limit], counters: _Counters, now: datetime) -> frozenset[Bound]:
    def count(limit: Limit) -> int:
        return int(counters[_counter(limit)].get(_name(limit.window, slot(limit.window, now)), {"N": "0"})["N"])

    return frozenset(limit.bound for limit in limits if count(limit) >= limit.maximum)


def _updates(limits: Sequence[Limit], counters: _Counters, now: datetime) -> Iterator[dict[str, Any]]:
    """One update for each counter, with the condition of each of its limits."""
    for counter, item in counters.items():
        if not (its := [limit for limit in limits if _counter(limit) == counter]):
            continue
        windows = [limit.window for limit in its]
        added = [_name(window, number) for window in windows for number in slots(window, now)]
        past = [name for window in windows for name in _past(window, item, now)]
        current = [(_name(limit.window, slot(limit.window, now)), f":maximum{n}") for n, limit in enumerate(its)]
        yield {
            "Key": items.counter_key(*counter),
            "UpdateExpression": f"ADD {', '.join(f'{name} :one' for name in added)} SET expires_at = :end"
            + (f" REMOVE {', '.join(past)}" if past else ""),
            "ConditionExpression": " AND ".join(
                f"(attribute_not_exists({name}) OR {name} < {maximum})" for name, maximum in current
            ),
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":end": expiry_at(now + max(windows))}
            | {maximum: {"N": str(limit.maximum)} for limit, (_, maximum) in zip(its, current, strict=True)},
        }


def _name(window: timedelta, number: int) -> str:
    """The attribute of this slot."""
    return f"{_LETTERS[window]}{number}"


def _past(window: timedelta, item: Attributes, now: datetime) -> list[str]:
    """The attributes of slots that are over, also for a process whose clock is behind by a slot."""
    letter, last = _LETTERS[window], slot(window, now) - 1
    return [name for name in item if name[0] == letter and name[1:].isdecimal() and int(name[1:]) < last]


def _reasons(error: ClientError) -> list[dict[str, Any]]:
    """Why a transaction failed: one reason for each of its requests."""
    response: Any = error.response
    return list(response.get("CancellationReasons", ()))
