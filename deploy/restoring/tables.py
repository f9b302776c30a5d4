"""DynamoDB's part of a restore: the new table, the settings that a restored table lacks, and reading and writing whole
tables."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from chalicelib.aws.table.codec import Attributes
from chalicelib.aws.table.table import Table

# The maximum of BatchWriteItem.
_BATCH = 25
# A restore takes from twenty minutes to many hours, by the size of the table.
_A_DAY = {"Delay": 20, "MaxAttempts": 4320}
_EXPIRY = "expires_at"


class Failed(Exception):
    """The table could not be restored; the message is a sentence."""


def begin(client: Any, source: str, target: str, at: datetime) -> None:
    """Have DynamoDB restore `source`, as it was at this moment, to the new table `target`, and wait until that is done;
    if `target` is there already, it must be from that very restore. Raises Failed."""
    try:
        found = client.describe_table(TableName=target)["Table"]
    except client.exceptions.ResourceNotFoundException:
        _ask(client, source, target, at)
    else:
        arn = client.describe_table(TableName=source)["Table"]["TableArn"]
        summary = found.get("RestoreSummary", {})
        moment = summary.get("RestoreDateTime")
        if summary.get("SourceTableArn") != arn or moment is None or moment.astimezone(UTC) != at:
            raise Failed(f"{target} is there, and is not {source} as it was at {at.isoformat()}: give another name.")
    client.get_waiter("table_exists").wait(TableName=target, WaiterConfig=_A_DAY)


def _ask(client: Any, source: str, target: str, at: datetime) -> None:
    described = client.describe_continuous_backups(TableName=source)["ContinuousBackupsDescription"]
    recovery = described.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        raise Failed(f"{source} has no point-in-time recovery.")
    earliest, latest = recovery["EarliestRestorableDateTime"], recovery["LatestRestorableDateTime"]
    if not earliest <= at <= latest:
        raise Failed(f"Give a moment from {earliest.isoformat()} to {latest.isoformat()}.")
    client.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, RestoreDateTime=at)


def complete(client: Any, source: str, target: str) -> str:
    """Give the restored table what DynamoDB does not restore: recovery, expiry, tags, protection, and last the stream.
    Returns the stream's ARN."""
    table = client.describe_table(TableName=target)["Table"]
    client.update_continuous_backups(
        TableName=target, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    expiry = client.describe_time_to_live(TableName=target)["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] not in ("ENABLED", "ENABLING"):
        client.update_time_to_live(
            TableName=target, TimeToLiveSpecification={"AttributeName": _EXPIRY, "Enabled": True}
        )
    # Nobody may set tags that begin with "aws:", CloudFormation's own among them.
    tags = [tag for tag in _tags(client, source) if not tag["Key"].startswith("aws:")]
    if tags:
        client.tag_resource(ResourceArn=table["TableArn"], Tags=tags)
    if not table.get("DeletionProtectionEnabled"):
        client.update_table(TableName=target, DeletionProtectionEnabled=True)
        client.get_waiter("table_exists").wait(TableName=target)
    if not table.get("StreamSpecification", {}).get("StreamEnabled"):
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        client.update_table(TableName=target, StreamSpecification=stream)
        client.get_waiter("table_exists").wait(TableName=target)
    return str(client.describe_table(TableName=target)["Table"]["LatestStreamArn"])


def _tags(client: Any, table: str) -> Iterator[dict[str, str]]:
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    for page in client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn):
        yield from page["Tags"]


def items(table: Table) -> Iterator[Attributes]:
    """Everything in the table."""
    for page in table.client.get_paginator("scan").paginate(TableName=table.name, ConsistentRead=True):
        yield from page["Items"]


def partition(table: Table, pk: str) -> list[Attributes]:
    """The items of one partition."""
    return list(table.query_all("pk = :pk", {":pk": {"S": pk}}, ConsistentRead=True))


def put(table: Table, found: Iterable[Attributes]) -> None:
    """Put these items, each once, over those that are there."""
    _write(table, [{"PutRequest": {"Item": item}} for item in found])


def delete(table: Table, found: Iterable[Attributes]) -> None:
    """Delete these items, of which at least the keys are given."""
    _write(table, [{"DeleteRequest": {"Key": {"pk": item["pk"], "sk": item["sk"]}}} for item in found])


def _write(table: Table, requests: list[Any]) -> None:
    for start in range(0, len(requests), _BATCH):
        pending: Any = {table.name: requests[start : start + _BATCH]}
        while pending:  # a throttled table leaves some unwritten
            pending = table.client.batch_write_item(RequestItems=pending).get("UnprocessedItems") or {}
