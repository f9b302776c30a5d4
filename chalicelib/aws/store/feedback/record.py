"""The counters of days and the published record, in the partition of the shop's counters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table import count_items
from chalicelib.aws.table.codec import Attributes, decode
from chalicelib.aws.table.table import NEW, Table
from chalicelib.rules.record.counting import Leaf

if TYPE_CHECKING:
    from chalicelib.rules.record.tree import DayRoot

_BETWEEN = "pk = :pk AND sk BETWEEN :since AND :until"


class PromiseRecord:
    """Implements services.ports.feedback.record.PromiseRecord."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def day_counts(self, shop: str, since: date, until: date) -> Mapping[date, Mapping[str, int]]:
        return {
            date.fromisoformat(item["sk"]["S"]): {
                name: int(value["N"]) for name, value in item.items() if "N" in value and name != "expires_at"
            }
            for item in self._between(shop, "", since, until)
        }

    def list_comment(self, shop: str, ref: str, at: datetime) -> None:
        self._table.put(count_items.comment_item(shop, ref, at))

    def listed_comments(self, shop: str, limit: int) -> Sequence[str]:
        values: Any = {":pk": {"S": f"SLA#{shop}"}, ":comment": {"S": count_items.COMMENT}}
        found = self._table.query("pk = :pk AND begins_with(sk, :comment)", values, ScanIndexForward=False, Limit=limit)
        return list(dict.fromkeys(item["ref"]["S"] for item in found["Items"]))

    def leaves(self, shop: str, since: date, until: date) -> Iterator[Leaf]:
        return (decode(Leaf, item) for item in self._between(shop, "LEAF#", since, until))

    def find_leaves(self, shop: str, wanted: Iterable[tuple[date, str]]) -> Sequence[Leaf]:
        keys = [count_items.leaf_key(shop, day, id) for day, id in dict.fromkeys(wanted)]
        return [decode(Leaf, item) for item in self._table.get_all(keys)]

    def latest_root(self, shop: str) -> "DayRoot | None":
        from chalicelib.rules.record.tree import DayRoot

        values: Any = {":pk": {"S": f"SLA#{shop}"}, ":root": {"S": "ROOT#"}}
        answer = self._table.query(
            "pk = :pk AND begins_with(sk, :root)", values, ScanIndexForward=False, Limit=1, ConsistentRead=True
        )
        return next((decode(DayRoot, item) for item in answer["Items"]), None)

    def roots(self, shop: str, since: date, until: date) -> "Sequence[DayRoot]":
        from chalicelib.rules.record.tree import DayRoot

        return [decode(DayRoot, item) for item in self._between(shop, "ROOT#", since, until)]

    def publish_root(self, shop: str, root: "DayRoot") -> bool:
        return self._table.put_if(count_items.root_item(shop, root), NEW)

    def _between(self, shop: str, kind: str, since: date, until: date) -> Iterator[Attributes]:
        values = {
            ":pk": {"S": f"SLA#{shop}"},
            ":since": {"S": f"{kind}{since:%Y-%m-%d}"},
            ":until": {"S": f"{kind}{until:%Y-%m-%d}~"},
        }
        return self._table.query_all(_BETWEEN, values, ConsistentRead=True)
