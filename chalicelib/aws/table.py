"""The store on DynamoDB: one table, and every change one request that happens whole or not at all."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws import items
from chalicelib.aws.codec import Attributes, instant
from chalicelib.errors import AlreadyKept, AlreadyOpened, Stale
from chalicelib.rules.tickets import Change, Message, Ticket
from chalicelib.services.ports import Due, Limit

_NEW = "attribute_not_exists(pk)"
# A transaction that met another one on the same item can be tried again at once.
_CONFLICT_TRIES = 4
# BatchGetItem takes no more.
_MOST_KEYS = 100


class Table:
    """Implements services.ports.Store. `client` is a boto3 DynamoDB client."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def commit(self, change: Change) -> None:
        puts = list(self._puts(change))
        if len(puts) == 1:
            self._put_one(change, puts[0])
        else:
            self._put_all(change, puts)

    def ticket(self, ref: str) -> Ticket | None:
        item = self._get(items.ticket_key(ref))
        return items.read_ticket(item) if item else None

    def message(self, ref: str, id: str) -> Message | None:
        item = self._get(items.message_key(ref, id))
        return items.read_message(item) if item else None

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            # Log entries sort before messages, the ticket after them.
            KeyConditionExpression="pk = :pk AND sk >= :first",
            ExpressionAttributeValues={":pk": {"S": f"TICKET#{ref}"}, ":first": {"S": "MSG#"}},
        )
        found = [item for page in pages for item in page["Items"]]
        ticket = next((items.read_ticket(item) for item in found if item["sk"]["S"] == "TICKET"), None)
        messages = [items.read_message(item) for item in found if item["sk"]["S"].startswith("MSG#")]
        return ticket, sorted(messages, key=lambda message: (message.at, message.id))

    def ref_of_sent(self, ids: Iterable[str]) -> str | None:
        wanted = list(dict.fromkeys(ids))[:100]
        if not wanted:
            return None
        found: dict[str, str] = {}
        asked: dict[str, Any] = {self._name: {"Keys": [items.sent_key(id) for id in wanted]}}
        while asked:  # a throttled table leaves some unread
            answer = self._client.batch_get_item(RequestItems=asked)
            found |= {item["pk"]["S"]: item["ref"]["S"] for item in answer["Responses"].get(self._name, ())}
            asked = answer.get("UnprocessedKeys") or {}
        return next((found[pk] for id in wanted if (pk := f"SENT#{id}") in found), None)

    def item_of_sent(self, id: str) -> Due | None:
        item = self._get(items.sent_key(id))
        return Due(item["ref"]["S"], item["message"]["S"] if "message" in item else None) if item else None

    def flag(self, key: str, why: str, until: datetime) -> None:
        self._client.put_item(TableName=self._name, Item=items.flag_item(key, why, until))

    def flagged(self, key: str, now: datetime) -> bool:
        """DynamoDB deletes what has expired only within days: until then it is told by its date."""
        item = self._get(items.flag_key(key))
        return item is not None and int(item["expires_at"]["N"]) > now.timestamp()

    def within_limits(self, limits: Iterable[Limit], now: datetime) -> bool:
        counts = [{"Update": self._count(limit, now)} for limit in limits]
        for _ in range(_CONFLICT_TRIES):
            try:
                self._client.transact_write_items(TransactItems=counts)
            except ClientError as error:
                reasons = _reasons(error)
                if "ConditionalCheckFailed" in reasons:
                    return False
                if "TransactionConflict" not in reasons:
                    raise
            else:
                return True
        return True  # a count that could not be taken must not cost a customer the acknowledgement

    def due(self, now: datetime, most: int) -> list[Due]:
        found: list[Due] = []
        # An equal part of each shard, so that what is stuck in one does not hide what is due in the others.
        each = -(-most // items.SHARDS)
        for shard in items.agenda_shards():
            answer = self._client.query(
                TableName=self._name,
                IndexName="agenda",
                KeyConditionExpression="agenda = :shard AND next_step <= :now",
                ExpressionAttributeValues={":shard": {"S": shard}, ":now": {"S": instant(now)}},
                Limit=each,
            )
            found += [_due(item) for item in answer["Items"]]
        return found[:most]

    def aside(self, shop: str, most: int) -> list[Ticket]:
        answer = self._client.query(
            TableName=self._name,
            IndexName="inbox",
            KeyConditionExpression="inbox = :aside",
            ExpressionAttributeValues={":aside": {"S": f"{shop}#aside"}},
            ScanIndexForward=False,
            Limit=most,
        )
        found = (self.ticket(item["ref"]["S"]) for item in answer["Items"])
        return [ticket for ticket in found if ticket]

    def note_outcome(self, raw_key: str, outcome: str, ref: str | None, now: datetime) -> None:
        item = items.outcome_item(raw_key, outcome, ref, now)
        try:
            self._client.put_item(TableName=self._name, Item=item, ConditionExpression=_NEW)
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # noted by an earlier run of the same mail

    def outcomes_of(self, raw_keys: Iterable[str]) -> dict[str, str]:
        wanted = list(dict.fromkeys(raw_keys))
        found: dict[str, str] = {}
        for start in range(0, len(wanted), _MOST_KEYS):
            keys = [items.outcome_key(key) for key in wanted[start : start + _MOST_KEYS]]
            while keys:
                answer = self._client.batch_get_item(RequestItems={self._name: {"Keys": keys}})
                got = answer["Responses"].get(self._name, ())
                found |= {item["pk"]["S"].removeprefix("RAW#"): item["outcome"]["S"] for item in got}
                keys = answer["UnprocessedKeys"].get(self._name, {}).get("Keys", [])
        return found

    def note_balance(self, day: date, received: int, outcomes: Mapping[str, int]) -> None:
        self._client.put_item(TableName=self._name, Item=items.balance_item(day, received, outcomes))

    def _puts(self, change: Change) -> Iterable[dict[str, Any]]:
        if change.ticket:
            yield self._guarded(items.ticket_item(change.ticket), change.ticket.version)
        for message in change.messages:
            yield self._guarded(items.message_item(message), message.version)
        if change.log:
            ref, version = _log_place(change)
            for item in items.log_items(ref, version, change.log):
                yield {"TableName": self._name, "Item": item}
        for sent in change.sent:
            yield {"TableName": self._name, "Item": items.sent_item(sent)}

    def _guarded(self, item: Attributes, version: int) -> dict[str, Any]:
        """A put that fails when the item is there already (version 1) or not at the version before."""
        put = {"TableName": self._name, "Item": item, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        if version == 1:
            return put | {"ConditionExpression": _NEW}
        return put | {
            "ConditionExpression": "version = :before",
            "ExpressionAttributeValues": {":before": {"N": str(version - 1)}},
        }

    def _put_one(self, change: Change, put: dict[str, Any]) -> None:
        for _ in range(_CONFLICT_TRIES):
            try:
                self._client.put_item(**put)
            except self._client.exceptions.ConditionalCheckFailedException as failed:
                _conflict(change, put, failed.response.get("Item"))
            except self._client.exceptions.TransactionConflictException:
                continue
            else:
                return
        raise Stale("met other transactions")

    def _put_all(self, change: Change, puts: list[dict[str, Any]]) -> None:
        try:
            self._client.transact_write_items(TransactItems=[{"Put": put} for put in puts])
        except self._client.exceptions.TransactionCanceledException as cancelled:
            # A ticket that is there already says it all; else the message first: when it is there already, that the
            # ticket has moved on does not matter.
            reasons = cancelled.response["CancellationReasons"]
            failed = [(put, r) for put, r in zip(puts, reasons, strict=True) if r["Code"] == "ConditionalCheckFailed"]
            for put, reason in sorted(failed, key=_by_weight):
                _conflict(change, put, reason.get("Item"))
            if any(reason["Code"] == "TransactionConflict" for reason in reasons):
                raise Stale("met another transaction") from cancelled
            raise

    def _count(self, limit: Limit, now: datetime) -> dict[str, Any]:
        seconds = int(limit.window.total_seconds())
        window = int(now.timestamp()) // seconds
        return {
            "TableName": self._name,
            "Key": items.counter_key(limit.key, window),
            "UpdateExpression": "ADD seen :one SET expires_at = :end",
            "ConditionExpression": "attribute_not_exists(seen) OR seen < :most",
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                ":most": {"N": str(limit.most)},
                ":end": {"N": str((window + 2) * seconds)},
            },
        }

    def _get(self, key: Attributes) -> Attributes | None:
        item: Attributes | None = self._client.get_item(TableName=self._name, Key=key, ConsistentRead=True).get("Item")
        return item


def _conflict(change: Change, put: dict[str, Any], old: Attributes | None) -> None:
    """Raise what a failed condition means."""
    new = put["ConditionExpression"] == _NEW
    if new and put["Item"]["sk"]["S"] == "TICKET" and old:
        raise AlreadyOpened(items.read_ticket(old))
    if new:
        raise AlreadyKept(put["Item"]["sk"]["S"])
    raise Stale(put["Item"]["pk"]["S"])


def _by_weight(failed: tuple[dict[str, Any], dict[str, Any]]) -> int:
    put, _ = failed
    if put["Item"]["sk"]["S"] != "TICKET":
        return 1
    return 0 if put["ConditionExpression"] == _NEW else 2


def _log_place(change: Change) -> tuple[str, int]:
    """The ticket a change's log entries belong to, and a number no other change of that moment has."""
    item = change.ticket or change.messages[0]
    return item.ref, item.version


def _due(item: Attributes) -> Due:
    sk = item["sk"]["S"]
    return Due(item["pk"]["S"].removeprefix("TICKET#"), sk.removeprefix("MSG#") if sk.startswith("MSG#") else None)


def _reasons(error: ClientError) -> set[str]:
    response: Any = error.response
    return {reason.get("Code") for reason in response.get("CancellationReasons", ())}
