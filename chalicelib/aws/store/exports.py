"""What exports read and remember: a day's tickets by the calendar index, and how far each export is."""

from datetime import date, datetime
from typing import Any

from chalicelib.aws.store import commits, items
from chalicelib.aws.store.codec import Attributes, encode
from chalicelib.rules.identity.addressing import canonical
from chalicelib.services.ports.deps import Export, Mention


def opened_on(client: Any, table: str, shop: str, day: date, most: int, after: str) -> list[str]:
    """As services.ports.deps.Store.opened_on says: one request of keys alone."""
    answer = client.query(
        TableName=table,
        IndexName="calendar",
        KeyConditionExpression="calendar = :day AND #ref > :after" if after else "calendar = :day",
        ProjectionExpression="#ref, pk",
        ExpressionAttributeNames={"#ref": "ref"},
        ExpressionAttributeValues={":day": {"S": f"{shop}#{day.isoformat()}"}}
        | ({":after": {"S": after}} if after else {}),
        Limit=most,
    )
    return [ref for item in answer["Items"] for ref in _refs(item)]


def _refs(item: Attributes) -> tuple[str, ...]:
    """The ticket's reference; of one that was put where another was, before it that one's, which is to be looked at."""
    stated, place = item["ref"]["S"], item["pk"]["S"].removeprefix("TICKET#")
    return (stated,) if stated == place else (place, stated)


def opened_by(client: Any, table: str, shop: str, address: str, most: int, after: Mention | None) -> list[Mention]:
    """As services.ports.deps.Store.opened_by says: one request of keys alone."""
    customer = {"S": f"{shop}#{canonical(address)}"}
    begin = {}
    if after:
        place = items.ticket_key(after.ref) | {"customer": customer, "opened_at": encode(after.opened_at)}
        begin = {"ExclusiveStartKey": place}
    answer = client.query(
        TableName=table,
        IndexName="customer",
        KeyConditionExpression="customer = :customer",
        ExpressionAttributeValues={":customer": customer},
        ScanIndexForward=False,
        Limit=most,
        **begin,
    )
    return [
        Mention(datetime.fromisoformat(item["opened_at"]["S"]), item["pk"]["S"].removeprefix("TICKET#"))
        for item in answer["Items"]
    ]


def put(client: Any, table: str, export: Export) -> bool:
    """As services.ports.deps.Store.put_export says."""
    version = {":before": {"N": str(export.version - 1)}}
    guard: dict[str, Any] = {"ConditionExpression": "version = :before", "ExpressionAttributeValues": version}
    if export.version == 1:
        guard = {"ConditionExpression": commits.NEW}
    try:
        client.put_item(TableName=table, Item=items.export_item(export), **guard)
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True
