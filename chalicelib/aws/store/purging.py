"""What is deleted from the table for good: a ticket's partition and whatever leads to it. None of it is called by any
function but those that purge and erase, and no other has the right to."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.aws.store import items
from chalicelib.aws.store.codec import ILL_FORMED as _ILL_FORMED
from chalicelib.aws.store.codec import Attributes, attributes, encode
from chalicelib.aws.store.commits import CONFLICT_TRIES, NEW
from chalicelib.errors import Unreadable
from chalicelib.rules.privacy.hash_chain import Logged
from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.ports.deps import ALWAYS, Mention
from chalicelib.services.ports.records import Certificate, Holding, Pointers

_Item = TypeVar("_Item", Ticket, Message)
# BatchWriteItem takes no more.
_MOST_DELETED = 25
# Fewer than the connections that the client keeps.
_AT_ONCE = 8


def holding(client: Any, table: str, ref: str) -> Holding | None:
    """As services.ports.records.Records.holding says."""
    ticket: Ticket | None = None
    messages, log, raw_keys, drafts, strange = list[Message](), list[Logged](), list[str](), 0, list[str]()
    for item in _partition(client, table, ref):
        match item["sk"]["S"].partition("#"):
            case ("TICKET", _, _):
                ticket = _readable(ref, items.read_ticket, item)
                # One that is marked for its purge stands in other lists, or none.
                strange += [] if ticket.purging or items.ticket_item(ticket) == item else [""]
            case ("MSG", _, id):
                messages.append(_readable(ref, items.read_message, item))
                strange += [] if items.message_item(messages[-1]) == item else [id]
            case ("LOG", _, _):
                entry = items.readable(item)
                log += [entry] if entry else []
                strange += [] if entry and items.logged_item(ref, entry) == item else [item["sk"]["S"]]
            case ("RAW", _, key):
                raw_keys.append(key)
            case ("DRAFT", _, _):
                drafts += 1
            case _:
                strange.append(item["sk"]["S"])
    if ticket is None and (messages or log or strange):
        raise Unreadable(ref)  # a purge deletes these before it
    found = tuple(messages), tuple(log), drafts, tuple(raw_keys), tuple(strange)
    return Holding(ticket, *found) if ticket else None


def _readable(ref: str, read: Callable[[Attributes], _Item], item: Attributes) -> _Item:
    try:
        return read(item)
    except _ILL_FORMED as fault:
        raise Unreadable(ref) from fault


def begin(client: Any, table: str, certificate: Certificate, tickets: Sequence[Ticket]) -> bool:
    """As services.ports.records.Records.begin_purge says. The first ticket stands first on the agenda of the purge, so
    that whatever becomes of this run, another ends it."""
    put = {"TableName": table, "Item": _item(certificate), "ConditionExpression": NEW}
    marks = [_mark(table, certificate.name, ticket, agenda=ticket is tickets[0]) for ticket in tickets]
    return _transact(client, [{"Put": put}, *({"Update": mark} for mark in marks)])


def end(client: Any, table: str, name: str, refs: Sequence[str], now: datetime) -> bool:
    """As services.ports.records.Records.end_purge says."""
    deletions = [
        {
            "TableName": table,
            "Key": items.ticket_key(ref),
            "ConditionExpression": "purging = :name",
            "ExpressionAttributeValues": {":name": encode(name)},
        }
        for ref in refs
    ]
    done = {"Update": _done(table, name, now)}
    return _transact(client, [*({"Delete": deletion} for deletion in deletions), done])


def finish(client: Any, table: str, name: str, now: datetime) -> None:
    client.update_item(**_done(table, name, now))


def put(client: Any, table: str, certificate: Certificate) -> None:
    """As services.ports.records.Records.put_certificate says."""
    try:
        client.put_item(TableName=table, Item=_item(certificate), ConditionExpression=NEW)
    except client.exceptions.ConditionalCheckFailedException:
        return


def delete_pointers(client: Any, table: str, pointers: Pointers) -> None:
    """As services.ports.records.Records.delete_pointers says."""
    mention = Mention(pointers.opened_at, pointers.ref)
    keys = [items.sent_key(id) for id in pointers.sent]
    keys += [items.outcome_key(key) for key in pointers.raw_keys]
    keys += [items.word_key(pointers.shop, word, mention) for word in pointers.words]
    _delete(client, table, keys + (_lost(client, table, pointers) if pointers.lost else []))


def clear(client: Any, table: str, ref: str) -> None:
    """As services.ports.records.Records.clear_partition says; over again until nothing was added meanwhile."""
    while keys := [
        {"pk": item["pk"], "sk": item["sk"]}
        for item in _partition(client, table, ref, ProjectionExpression="pk, sk")
        if item["sk"]["S"] != "TICKET"
    ]:
        _delete(client, table, keys)


def certificate_key(name: str) -> Attributes:
    month, _, id = name.partition("/")
    return {"pk": {"S": f"PURGE#{month}"}, "sk": {"S": id}}


def _item(certificate: Certificate) -> Attributes:
    return attributes(certificate) | certificate_key(certificate.name)


def _mark(table: str, name: str, ticket: Ticket, *, agenda: bool) -> dict[str, Any]:
    """Marked, the ticket leaves the lists of the desk, the calendar and its customer."""
    set_to = {":name": encode(name), ":before": encode(ticket.version - 1), ":next": encode(ticket.version)}
    set_to |= {":head": encode(ticket.log_head)}
    update = "SET purging = :name, version = :next, log_head = :head"
    if agenda:
        update += ", agenda = :agenda, next_step = :first"
        set_to |= {":agenda": encode(items.purge_shard(ticket.ref)), ":first": encode(ALWAYS)}
    return {
        "TableName": table,
        "Key": items.ticket_key(ticket.ref),
        "UpdateExpression": f"{update} REMOVE inbox, customer, calendar",
        "ConditionExpression": "version = :before AND attribute_not_exists(purging)",
        "ExpressionAttributeValues": set_to,
    }


def _done(table: str, name: str, now: datetime) -> dict[str, Any]:
    return {
        "TableName": table,
        "Key": certificate_key(name),
        "UpdateExpression": "SET done_at = if_not_exists(done_at, :now)",
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {":now": encode(now)},
    }


def _lost(client: Any, table: str, pointers: Pointers) -> list[Attributes]:
    """The list holds a shop's last months; only what it says of this ticket goes."""
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :list",
        FilterExpression="#ref = :ref",
        ProjectionExpression="pk, sk",
        ExpressionAttributeNames={"#ref": "ref"},
        ExpressionAttributeValues={":list": {"S": items.lost_list(pointers.shop)}, ":ref": {"S": pointers.ref}},
    )
    return [{"pk": item["pk"], "sk": item["sk"]} for page in pages for item in page["Items"]]


def _partition(client: Any, table: str, ref: str, **more: Any) -> Iterator[Attributes]:
    pages = client.get_paginator("query").paginate(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"TICKET#{ref}"}},
        **more,
    )
    return (item for page in pages for item in page["Items"])


def _delete(client: Any, table: str, keys: Sequence[Attributes]) -> None:
    keys = list({(key["pk"]["S"], key["sk"]["S"]): key for key in keys}.values())  # a batch takes none twice
    batches = [keys[start : start + _MOST_DELETED] for start in range(0, len(keys), _MOST_DELETED)]

    def delete(batch: Sequence[Attributes]) -> None:
        asked: dict[str, Any] = {table: [{"DeleteRequest": {"Key": key}} for key in batch]}
        while asked:  # a throttled table leaves some undone
            asked = client.batch_write_item(RequestItems=asked).get("UnprocessedItems") or {}

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(delete, batches))  # raises what a batch raised


def _transact(client: Any, requests: list[dict[str, Any]]) -> bool:
    """Whether the conditions held; what merely met another transaction is asked again."""
    for _ in range(CONFLICT_TRIES):
        try:
            client.transact_write_items(TransactItems=requests)
        except client.exceptions.TransactionCanceledException as cancelled:
            codes = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
            if "ConditionalCheckFailed" in codes:
                return False
            if "TransactionConflict" not in codes:
                raise
        else:
            return True
    return False
