"""What admins did: a chain of entries, each put after the one before it."""

import random
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from chalicelib.aws.table import items
from chalicelib.aws.table.codec import ILL_FORMED, Attributes, decode
from chalicelib.aws.table.table import NEW, Table
from chalicelib.rules.privacy.audit_events import Deed, Place
from chalicelib.services.ports.audit import UnreadableEvent
from chalicelib.services.ports.inbox import MIN_TIME

_PAGE = 200
# Seconds.
_PAUSE = 0.05


class AuditLog:
    """Implements services.ports.audit.AuditLog."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def latest_deed(self) -> Place | None:
        item = self._table.get(items.latest_deed_key())
        if item is None:
            return None
        try:
            return decode(Place, item)
        except ILL_FORMED:
            proof = item.get("proof", {}).get("S", "")
            return Place(0, MIN_TIME, proof)

    def note_deed(self, deed: Deed) -> bool:
        """Who comes second waits a moment: of many at once each has its turn."""
        client, name = self._table.client, self._table.name
        latest = items.latest_deed_item(deed.place)
        puts = [
            {"TableName": name, "Item": items.deed_item(deed), "ConditionExpression": NEW},
            {"TableName": name, "Item": latest, **_still(deed.after.proof if deed.after else "")},
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

    def deeds(self, since: date, until: date) -> Iterator[Deed | UnreadableEvent]:
        # The last is after every moment of the last day.
        days = {":since": {"S": since.isoformat()}, ":until": {"S": f"{until.isoformat()}U"}}
        for month in items.months(since, until):
            found = self._table.query_all(
                "pk = :month AND sk BETWEEN :since AND :until",
                {":month": {"S": f"AUDIT#{month}"}} | days,
                ConsistentRead=True,
                PaginationConfig={"PageSize": _PAGE},
            )
            yield from map(_deed, found)


def _still(proof: str) -> dict[str, Any]:
    """The condition that the latest deed is still the one of this proof, or that there is none."""
    if proof:
        return {"ConditionExpression": "proof = :proof", "ExpressionAttributeValues": {":proof": {"S": proof}}}
    return {
        "ConditionExpression": "NOT attribute_type(proof, :text) OR proof = :nothing",
        "ExpressionAttributeValues": {":text": {"S": "S"}, ":nothing": {"S": ""}},
    }


def _deed(item: Attributes) -> Deed | UnreadableEvent:
    try:
        deed = decode(Deed, item)
        if items.deed_item(deed) == item:
            return deed
    except ILL_FORMED:
        pass
    return UnreadableEvent(item["sk"]["S"])
