"""The audit events of admins: a chain of items, each put after the one before it."""

import random
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from chalicelib.aws.table import item_keys, items
from chalicelib.aws.table.codec import ILL_FORMED, Attributes, decode
from chalicelib.aws.table.table import NEW, Table
from chalicelib.rules.privacy.audit_events import AuditEvent, ChainPlace
from chalicelib.services.ports.inbox import MIN_TIME
from chalicelib.services.ports.purges import UnreadableEvent

_PAGE = 200
# In seconds.
_PAUSE = 0.05


class AuditLog:
    """Implements services.ports.purges.AuditLog."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def latest_audit_event(self) -> ChainPlace | None:
        item = self._table.get(items.latest_audit_event_key())
        if item is None:
            return None
        try:
            return decode(ChainPlace, item)
        except ILL_FORMED:
            proof = item.get("proof", {}).get("S", "")
            return ChainPlace(0, MIN_TIME, proof)

    def note_audit_event(self, audit_event: AuditEvent) -> bool:
        """If another event was recorded first, this waits a moment before it returns False, so that of many at once
        each gets its turn."""
        client, name = self._table.client, self._table.name
        latest = items.latest_audit_event_item(audit_event.place)
        puts: list[dict[str, Any]] = [
            {"TableName": name, "Item": items.audit_event_item(audit_event), "ConditionExpression": NEW},
            {"TableName": name, "Item": latest, **_still(audit_event.after.proof if audit_event.after else "")},
        ]
        try:
            self._table.transact({"Put": put} for put in puts)
        except client.exceptions.TransactionCanceledException as cancelled:
            codes = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
            if not codes <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                raise
            time.sleep(random.uniform(0, _PAUSE))  # noqa: S311
            return False
        return True

    def audit_events(self, since: date, until: date) -> Iterator[AuditEvent | UnreadableEvent]:
        # "U" sorts after every time of the last day.
        days = {":since": {"S": since.isoformat()}, ":until": {"S": f"{until.isoformat()}U"}}
        for month in item_keys.months(since, until):
            found = self._table.query_all(
                "pk = :month AND sk BETWEEN :since AND :until",
                {":month": {"S": f"AUDIT#{month}"}} | days,
                ConsistentRead=True,
                PaginationConfig={"PageSize": _PAGE},
            )
            yield from map(_audit_event, found)


def _still(proof: str) -> dict[str, Any]:
    """The condition that the latest audit event still has this proof, or that there is none if `proof` is empty."""
    if proof:
        return {"ConditionExpression": "proof = :proof", "ExpressionAttributeValues": {":proof": {"S": proof}}}
    return {
        "ConditionExpression": "NOT attribute_type(proof, :text) OR proof = :nothing",
        "ExpressionAttributeValues": {":text": {"S": "S"}, ":nothing": {"S": ""}},
    }


def _audit_event(item: Attributes) -> AuditEvent | UnreadableEvent:
    try:
        audit_event = decode(AuditEvent, item)
        if items.audit_event_item(audit_event) == item:
            return audit_event
    except ILL_FORMED:
        pass
    return UnreadableEvent(item["sk"]["S"])
