"""Due work: items with a next step by the due-work index, the progress of due-work runs, and the digests of the day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

from chalicelib.aws.table import count_items, item_keys, items, mail_items
from chalicelib.aws.table.codec import Attributes, decode, instant
from chalicelib.aws.table.table import NEW, Table
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.services.ports.work import RunMark


class WorkQueue:
    """Implements services.ports.work.WorkQueue."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def due(self, now: datetime, page: int, purpose: str = "step") -> Iterator[ItemRef]:
        """One page of each shard in turn, so that stuck items in one shard do not hide what is due in the others."""
        cursors: dict[str, dict[str, Any]] = {shard: {} for shard in item_keys.due_work_shards(purpose)}
        while cursors:
            for shard, cursor in list(cursors.items()):
                answer = self._table.query(
                    "due_work = :shard AND next_step <= :now",
                    {":shard": {"S": shard}, ":now": {"S": instant(now)}},
                    IndexName="due_work",
                    Limit=page,
                    **cursor,
                )
                yield from map(_due, answer["Items"])
                if "LastEvaluatedKey" in answer:
                    cursors[shard] = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
                else:
                    del cursors[shard]

    def run_mark(self) -> RunMark | None:
        item = self._table.get(items.run_key())
        return decode(RunMark, item) if item else None

    def note_run(self, mark: RunMark) -> None:
        self._table.put(items.run_item(mark))


class Digests:
    """Implements services.ports.work.Digests."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim_digest(self, shop: str, owner: str, day: date, now: datetime, until: datetime) -> bool:
        values = {":now": {"S": instant(now)}}
        item = mail_items.digest_item(shop, owner, day, until, now)
        return self._table.put_if(item, f"{NEW} OR claimed_until < :now", ExpressionAttributeValues=values)

    def sla_counted(self, shop: str, since: date, until: date) -> tuple[int, int]:
        first, last = count_items.sla_key(shop, since), count_items.sla_key(shop, until)
        values = {":pk": first["pk"], ":since": first["sk"], ":until": last["sk"]}
        answer = self._table.query("pk = :pk AND sk BETWEEN :since AND :until", values)
        kept, missed = (sum(int(item[name]["N"]) for item in answer["Items"]) for name in ("kept", "missed"))
        return kept, missed


class CallPlaces:
    """Implements services.ports.work.CallPlaces. A place given back is an item without a ticket, because the functions
    that do it may delete nothing."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def held(self, shop: str, first: str, last: str, limit: int) -> Mapping[str, str]:
        key = items.place_key(shop, first)
        found = self._table.query_all(
            "pk = :pk AND sk BETWEEN :first AND :last",
            {":pk": key["pk"], ":first": key["sk"], ":last": {"S": last}},
            FilterExpression="attribute_exists(#ref)",
            ExpressionAttributeNames={"#ref": "ref"},
            ConsistentRead=True,
        )
        return {item["sk"]["S"]: item["ref"]["S"] for item in islice(found, limit)}

    def release(self, shop: str, ids: Iterable[str], ref: str, until: datetime) -> None:
        for id in ids:
            self._table.put_if(
                items.free_place_item(shop, id, until),
                "#ref = :ref",
                ExpressionAttributeNames={"#ref": "ref"},
                ExpressionAttributeValues={":ref": {"S": ref}},
            )


def _due(item: Attributes) -> ItemRef:
    sk = item["sk"]["S"]
    return ItemRef(item_keys.ref_of(item), sk.removeprefix("MSG#") if sk.startswith("MSG#") else None)
