"""Commits a change to the table in one request, as a whole or not at all, guarded by each item's version.

Only the ids of sent mails are put before it, each by itself. What they say is true whatever becomes of the change, and
in a transaction every item costs twice (decision 185)."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from chalicelib.aws.table import count_items, items, mail_items, ticket_items
from chalicelib.aws.table.codec import Attributes
from chalicelib.aws.table.table import NEW, Table, at_version
from chalicelib.rules.tickets.ticket import Change, Hold, Ticket
from chalicelib.services.ports.conflicts import MessageExists, PlaceTaken, TicketExists, VersionConflict

# A request that conflicts with a transaction on the same item can be repeated at once.
CONFLICT_TRIES = 4
# A place that no ticket has, or the one that may be replaced.
FREE = "attribute_not_exists(#ref) OR #ref = :was"


def commit(table: Table, change: Change) -> None:
    """See services.ports.tickets.Tickets.commit."""
    for sent in change.sent:
        table.put(mail_items.sent_item(sent))
    puts = list(_puts(table.name, change))
    if len(puts) == 1 and not change.sla_counts and not change.tallies:
        _put_one(table, change, puts[0])
    else:
        updates = list(count_items.counting(table.name, change.sla_counts, change.tallies))
        _write_all(table, change, puts, updates)


def _puts(table: str, change: Change) -> Iterable[dict[str, Any]]:
    for ticket in _tickets(change):
        yield _guarded(table, ticket_items.ticket_item(ticket), ticket.version)
    for message in change.messages:
        yield _guarded(table, ticket_items.message_item(message), message.version)
    yield from (_place(table, change, hold) for hold in change.holds)
    for about in _tickets(change) or change.messages[:1]:
        for item in ticket_items.log_items(about, change.log):
            yield {"TableName": table, "Item": item}


def _guarded(table: str, item: Attributes, version: int) -> dict[str, Any]:
    """A put that fails if the item exists already (version 1), or is not at the version before."""
    returned = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return {"TableName": table, "Item": item} | returned | at_version(version)


def _place(table: str, change: Change, hold: Hold) -> dict[str, Any]:
    """A put that fails if another ticket has the place."""
    ticket = cast(Ticket, change.ticket)
    was = hold.instead_of or ticket.ref
    return {
        "TableName": table,
        "Item": items.place_item(ticket.shop, hold, ticket.ref),
        "ConditionExpression": FREE,
        "ExpressionAttributeNames": {"#ref": "ref"},
        "ExpressionAttributeValues": {":was": {"S": was}},
    }


def _put_one(table: Table, change: Change, put: dict[str, Any]) -> None:
    for _ in range(CONFLICT_TRIES):
        try:
            table.client.put_item(**put)
        except table.client.exceptions.ConditionalCheckFailedException as failed:
            _conflict(change, put, cast("Attributes | None", failed.response.get("Item")))
        except table.client.exceptions.TransactionConflictException:
            continue
        else:
            return
    raise VersionConflict("met other transactions")


def _write_all(table: Table, change: Change, puts: list[dict[str, Any]], updates: list[dict[str, Any]]) -> None:
    try:
        table.transact([*({"Put": put} for put in puts), *updates])
    except table.client.exceptions.TransactionCanceledException as cancelled:
        # An existing ticket is the most important conflict. Next is an existing message: then it does not matter that
        # the ticket has a newer version.
        reasons = cancelled.response["CancellationReasons"]
        # The updates are last and have no conditions.
        failed = [(put, r) for put, r in zip(puts, reasons, strict=False) if r["Code"] == "ConditionalCheckFailed"]
        for put, reason in sorted(failed, key=_by_weight):
            _conflict(change, put, reason.get("Item"))
        if any(reason["Code"] == "TransactionConflict" for reason in reasons):
            raise VersionConflict("met another transaction") from cancelled
        raise


def _conflict(change: Change, put: dict[str, Any], old: Mapping[str, Any] | None) -> None:
    """Raise the error that the failed condition stands for."""
    new = put["ConditionExpression"] == NEW
    if new and put["Item"]["sk"]["S"] == "TICKET" and old:
        raise TicketExists(ticket_items.read_ticket(old))
    if new:
        raise MessageExists(put["Item"]["sk"]["S"])
    if put["ConditionExpression"] == FREE:
        raise PlaceTaken(put["Item"]["sk"]["S"])
    raise VersionConflict(put["Item"]["pk"]["S"])


def _by_weight(failed: tuple[dict[str, Any], Mapping[str, Any]]) -> int:
    put, _ = failed
    if put["Item"]["sk"]["S"] != "TICKET":
        return 1
    return 0 if put["ConditionExpression"] == NEW else 2


def _tickets(change: Change) -> list[Ticket]:
    return [*([change.ticket] if change.ticket else []), *change.also]
