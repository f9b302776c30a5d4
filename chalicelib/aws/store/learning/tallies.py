"""Counts by day and what was counted of each subject; improvements."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import count_items
from chalicelib.aws.table import learning_items as items
from chalicelib.aws.table.codec import encode
from chalicelib.aws.table.table import NEW, Table
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.learning.tallies import Kept, Tallied

if TYPE_CHECKING:
    from chalicelib.rules.learning.improvements import Improvement

_RANGE = "pk = :pk AND sk BETWEEN :since AND :until"


class Tallies:
    """Implements services.ports.learning.tallies.Tallies."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def tallied(self, subject: str) -> Tallied | None:
        item = self._table.get(items.tally_key(subject))
        return items.read_tally(subject, item) if item else None

    def tally(self, before: Tallied | None, after: Tallied) -> bool:
        """A transaction only if a day's counts change (decision 185)."""
        guard: dict[str, Any] = {"ConditionExpression": NEW}
        if before:
            guard = {
                "ConditionExpression": "version = :before",
                "ExpressionAttributeValues": {":before": encode(before.version)},
            }
        put = {"TableName": self._table.name, "Item": items.tally_item(after)} | guard
        added = _added(before.counts if before else {}, after.counts)
        client = self._table.client
        try:
            if added:
                update = items.day_request(self._table.name, after, added)
                self._table.transact([{"Put": put}, {"Update": update}])
            else:
                client.put_item(**put)
        except (client.exceptions.ConditionalCheckFailedException, client.exceptions.TransactionConflictException):
            return False
        except client.exceptions.TransactionCanceledException as cancelled:
            reasons = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
            if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
                return False
            raise
        return True

    def days(self, shop: str, since: date, until: date) -> Mapping[date, Mapping[str, int]]:
        found = self._range(items.day_key(shop, since), items.day_key(shop, until))
        return {items.day_of(item): items.read_day(item) for item in found}

    def promises(self, shop: str, since: date, until: date) -> Mapping[date, Kept]:
        found = self._range(count_items.sla_key(shop, since), count_items.sla_key(shop, until))
        return {items.day_of(item): items.read_promises(item) for item in found}

    def _range(self, first: Any, last: Any) -> Any:
        return self._table.query_all(_RANGE, {":pk": first["pk"], ":since": first["sk"], ":until": last["sk"]})


class Improvements:
    """Implements services.ports.learning.tallies.Improvements."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def improvement(self, shop: str, id: str) -> "Improvement | None":
        item = self._table.get(items.improvement_key(shop, id))
        return items.read_improvement(item) if item else None

    def put_improvement(self, improvement: "Improvement") -> None:
        if not self._table.put_version(items.improvement_item(improvement), improvement.version):
            raise VersionConflict(improvement.id)

    def improvements(self, shop: str) -> "Sequence[Improvement]":
        found = self._table.query_all("pk = :pk", {":pk": {"S": items.improvement_list(shop)}}, ConsistentRead=True)
        return sorted(map(items.read_improvement, found), key=lambda each: each.proposed_at, reverse=True)


def _added(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """What differs; a name that is counted no more is taken off."""
    differences = {name: after.get(name, 0) - before.get(name, 0) for name in sorted({*before, *after})}
    return {name: number for name, number in differences.items() if number}
