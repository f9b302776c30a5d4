"""The inbox index: a shop's tickets by where they stand, the most urgent first, in bounded lists."""

from datetime import datetime
from typing import Any

from chalicelib.aws.store import items
from chalicelib.aws.store.codec import Attributes
from chalicelib.rules.tickets.inbox_keys import QUARANTINED
from chalicelib.rules.tickets.ticket import State
from chalicelib.services.ports.deps import ALWAYS, NEVER, Listed, Place


def listed(
    client: Any, table: str, shop: str, state: str, most: int, since: datetime, before: datetime
) -> tuple[list[Listed], int]:
    """As services.ports.deps.Store.inbox says."""
    found, count, cursor = list[Listed](), 0, dict[str, Any]()
    bounds = _bounds({"S": f"{shop}#{state}"}, since, before)
    while True:
        more = {} if len(found) < most else {"Select": "COUNT"}
        answer = client.query(
            TableName=table,
            IndexName="inbox",
            KeyConditionExpression="inbox = :inbox AND due BETWEEN :since AND :last",
            ExpressionAttributeValues=bounds,
            **more,
            **cursor,
        )
        found += map(_listed, answer.get("Items", ()))
        count += answer["Count"]
        if "LastEvaluatedKey" not in answer:
            return found[:most], count
        cursor = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def page(
    client: Any,
    table: str,
    inbox: str,
    most: int,
    after: Place | None,
    between: tuple[datetime, datetime] = (ALWAYS, NEVER),
    newest_first: bool = False,
) -> tuple[list[Listed], Place | None]:
    """As services.ports.deps.Store.inbox_page says, of the inbox "<shop>#<place>"."""
    key = {"S": inbox}
    begin = {"ExclusiveStartKey": items.inbox_place(key, after)} if after else {}
    answer = client.query(
        TableName=table,
        IndexName="inbox",
        KeyConditionExpression="inbox = :inbox AND due BETWEEN :since AND :last",
        ExpressionAttributeValues=_bounds(key, *between),
        ScanIndexForward=not newest_first,
        Limit=most,
        **begin,
    )
    found = [_listed(item) for item in answer["Items"]]
    goes_on = found and "LastEvaluatedKey" in answer
    return found, found[-1].at if goes_on else None


def aside(client: Any, table: str, shop: str, most: int, after: Place | None) -> tuple[list[str], Place | None]:
    """The references of tickets kept aside, quarantined or not, the newest first; and from where the list goes on."""
    lists = (State.ASIDE, QUARANTINED)
    # One more tells whether the list goes on.
    pages = [page(client, table, f"{shop}#{place}", most + 1, after, newest_first=True)[0] for place in lists]
    found = sorted((entry for entries in pages for entry in entries), key=lambda entry: entry.at, reverse=True)
    return [entry.ref for entry in found[:most]], found[most - 1].at if len(found) > most else None


def _bounds(inbox: Attributes, since: datetime, before: datetime) -> Attributes:
    """A range includes its end; nothing stands there, as a moment alone is before all that is due then."""
    return {
        ":inbox": inbox,
        ":since": {"S": items.inbox_moment(since)},
        ":last": {"S": items.inbox_moment(before)},
    }


def _listed(item: Attributes) -> Listed:
    texts = {name: part["S"] for name, part in item.items()}
    return Listed(
        ref=texts["ref"],
        kind=texts["kind"],
        subject=texts.get("subject", ""),
        name=texts.get("requester_name", ""),
        opened_at=datetime.fromisoformat(texts["opened_at"]),
        due=items.inbox_due(texts["due"]),
        clock=texts.get("due_clock", ""),
        assignee=texts.get("assignee", ""),
        channel=texts["channel"],
        topic=texts.get("topic", ""),
        priority=texts.get("priority", "normal"),
        outcome=texts.get("outcome", ""),
    )
