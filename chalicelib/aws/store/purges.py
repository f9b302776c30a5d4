"""Permanent deletion from the table: a ticket's partition, and the items that lead to it. Only the functions that purge
and erase call this, and no other function has the right to."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.aws.table import item_keys, items, learning_items, mail_items, ticket_items
from chalicelib.aws.table.codec import ILL_FORMED, Attributes, attributes, decode, encode
from chalicelib.aws.table.commits import CONFLICT_TRIES
from chalicelib.aws.table.table import NEW, Table
from chalicelib.errors import Unreadable
from chalicelib.rules.privacy.hash_chain import Logged
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.inbox import MIN_TIME
from chalicelib.services.ports.purges import DeletionCertificate, Pointers, TicketPartition
from chalicelib.services.ports.search import SearchHit

_Item = TypeVar("_Item", Ticket, Message)
# The maximum of BatchWriteItem.
_MAX_DELETED = 25
# Fewer than the client's pool of connections.
_AT_ONCE = 8


class Purges:
    """Implements services.ports.purges.Purges."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def ticket_partition(self, ref: str) -> TicketPartition | None:
        ticket: Ticket | None = None
        messages, log, raw_keys, drafts, strange = list[Message](), list[Logged](), list[str](), 0, list[str]()
        for item in self._everything(ref):
            match item["sk"]["S"].partition("#"):
                case ("TICKET", _, _):
                    ticket = _readable(ref, ticket_items.read_ticket, item)
                    # A ticket marked for its purge has other index keys, or none.
                    strange += [] if ticket.custody.purging or ticket_items.is_written(ticket, item) else [""]
                case ("MSG", _, id):
                    messages.append(_readable(ref, ticket_items.read_message, item))
                    strange += [] if ticket_items.message_item(messages[-1]) == item else [id]
                case ("LOG", _, _):
                    entry = ticket_items.readable(item)
                    log += [entry] if entry else []
                    strange += [] if entry and ticket_items.logged_item(ref, entry) == item else [item["sk"]["S"]]
                case ("RAW", _, key):
                    raw_keys.append(key)
                case ("DRAFT", _, _):
                    drafts += 1
                case _:
                    strange.append(item["sk"]["S"])
        if ticket is None and (messages or log or strange):
            raise Unreadable(ref)  # a purge deletes these items before the ticket itself
        found = tuple(messages), tuple(log), drafts, tuple(raw_keys), tuple(strange)
        return TicketPartition(ticket, *found) if ticket else None

    def marked(self, ref: str) -> str:
        item = self._table.get(item_keys.ticket_key(ref)) or {}
        return str(item.get("purging", {"S": ""})["S"])

    def link_raw_mail(self, ref: str, raw_key: str, until: datetime) -> None:
        self._table.put(ticket_items.linked_raw_mail_item(ref, raw_key, until))

    def begin_purge(self, certificate: DeletionCertificate, tickets: Sequence[Ticket]) -> bool:
        """The first ticket goes to the front of the due-work index for purges, so that another run completes this one
        if it fails."""
        put = {"TableName": self._table.name, "Item": _item(certificate), "ConditionExpression": NEW}
        marks = [_mark(self._table.name, certificate.name, each, due_work=each is tickets[0]) for each in tickets]
        return _transact(self._table, [{"Put": put}, *({"Update": mark} for mark in marks)])

    def certificate(self, name: str) -> DeletionCertificate | None:
        item = self._table.get(_certificate_key(name))
        return decode(DeletionCertificate, item) if item else None

    def put_certificate(self, certificate: DeletionCertificate) -> None:
        self._table.put_if(_item(certificate), NEW)

    def finish_certificate(self, name: str, now: datetime) -> None:
        self._table.client.update_item(**_done(self._table.name, name, now))

    def delete_pointers(self, pointers: Pointers) -> None:
        hit = SearchHit(pointers.opened_at, pointers.ref)
        keys = [mail_items.sent_key(id) for id in pointers.sent]
        keys += [mail_items.outcome_key(key) for key in pointers.raw_keys]
        keys.append(learning_items.tally_key(pointers.ref))
        keys += [items.word_key(pointers.shop, word, hit) for word in pointers.words]
        self._delete(keys + (self._undelivered_entry(pointers) if pointers.undelivered_mail else []))

    def clear_partition(self, ref: str) -> None:
        """Repeats until nothing was added in the time between."""
        while keys := [
            {"pk": item["pk"], "sk": item["sk"]}
            for item in self._everything(ref, ProjectionExpression="pk, sk")
            if item["sk"]["S"] != "TICKET"
        ]:
            self._delete(keys)

    def end_purge(self, name: str, refs: Sequence[str], now: datetime) -> bool:
        table = self._table.name
        deletions = [
            {
                "TableName": table,
                "Key": item_keys.ticket_key(ref),
                "ConditionExpression": "purging = :name",
                "ExpressionAttributeValues": {":name": encode(name)},
            }
            for ref in refs
        ]
        done = {"Update": _done(table, name, now)}
        return _transact(self._table, [*({"Delete": deletion} for deletion in deletions), done])

    def _everything(self, ref: str, **more: Any) -> Iterator[Attributes]:
        return self._table.query_all("pk = :pk", {":pk": item_keys.ticket_partition(ref)}, ConsistentRead=True, **more)

    def _undelivered_entry(self, pointers: Pointers) -> list[Attributes]:
        """The list covers a shop's last months; only the entries about this ticket are deleted."""
        found = self._table.query_all(
            "pk = :list",
            {":list": {"S": mail_items.undelivered_list(pointers.shop)}, ":ref": {"S": pointers.ref}},
            FilterExpression="#ref = :ref",
            ProjectionExpression="pk, sk",
            ExpressionAttributeNames={"#ref": "ref"},
        )
        return [{"pk": item["pk"], "sk": item["sk"]} for item in found]

    def _delete(self, keys: Sequence[Attributes]) -> None:
        keys = list(
            {(key["pk"]["S"], key["sk"]["S"]): key for key in keys}.values()
        )  # a batch may not contain the same key twice
        batches = [keys[start : start + _MAX_DELETED] for start in range(0, len(keys), _MAX_DELETED)]

        def delete(batch: Sequence[Attributes]) -> None:
            pending: dict[str, Any] = {self._table.name: [{"DeleteRequest": {"Key": key}} for key in batch]}
            while pending:  # a throttled table leaves some items undeleted
                pending = self._table.client.batch_write_item(RequestItems=pending).get("UnprocessedItems") or {}

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(delete, batches))  # raises the error of a failed batch


def _readable(ref: str, read: Callable[[Attributes], _Item], item: Attributes) -> _Item:
    try:
        return read(item)
    except ILL_FORMED as fault:
        raise Unreadable(ref) from fault


def _certificate_key(name: str) -> Attributes:
    month, _, id = name.partition("/")
    return {"pk": {"S": f"PURGE#{month}"}, "sk": {"S": id}}


def _item(certificate: DeletionCertificate) -> Attributes:
    return attributes(certificate) | _certificate_key(certificate.name)


def _mark(table: str, name: str, ticket: Ticket, *, due_work: bool) -> dict[str, Any]:
    """A marked ticket leaves the lists of the desk, the calendar and its customer."""
    set_to = {":name": encode(name), ":before": encode(ticket.version - 1), ":next": encode(ticket.version)}
    set_to |= {":head": encode(ticket.log_head)}
    update = "SET purging = :name, version = :next, log_head = :head"
    if due_work:
        update += ", due_work = :due_work, next_step = :first"
        set_to |= {":due_work": encode(item_keys.purge_shard(ticket.ref)), ":first": encode(MIN_TIME)}
    return {
        "TableName": table,
        "Key": item_keys.ticket_key(ticket.ref),
        "UpdateExpression": f"{update} REMOVE inbox, customer, calendar",
        "ConditionExpression": "version = :before AND attribute_not_exists(purging)",
        "ExpressionAttributeValues": set_to,
    }


def _done(table: str, name: str, now: datetime) -> dict[str, Any]:
    return {
        "TableName": table,
        "Key": _certificate_key(name),
        "UpdateExpression": "SET done_at = if_not_exists(done_at, :now)",
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {":now": encode(now)},
    }


def _transact(table: Table, requests: list[dict[str, Any]]) -> bool:
    """Whether the conditions held. A request that only conflicted with another transaction is repeated."""
    for _ in range(CONFLICT_TRIES):
        try:
            table.transact(requests)
        except table.client.exceptions.TransactionCanceledException as cancelled:
            codes = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
            if "ConditionalCheckFailed" in codes:
                return False
            if "TransactionConflict" not in codes:
                raise
        else:
            return True
    return False
