"""The export of the whole table: the requests to DynamoDB, and that Athena's table has the items' attributes."""

import re
from typing import Any

import boto3
import pytest

from chalicelib.aws.table import ticket_items
from chalicelib.rules.privacy.audit_events import AuditEvent
from chalicelib.rules.tickets.ticket import LogEntry
from deploy import export_table
from tests.support import samples
from tests.support.store import tables

ARN = "arn:aws:dynamodb:eu-central-1:1:table/aftercare/export/01-a1"


class Client:
    """A DynamoDB whose export is complete at the second look."""

    def __init__(self, *states: str) -> None:
        self.states = list(states)

    def describe_export(self, ExportArn: str) -> dict[str, Any]:
        state = {"ExportStatus": self.states.pop(0), "FailureMessage": "the bucket is not yours", "ItemCount": 3}
        return {"ExportDescription": state}


def test_the_export_is_waited_for() -> None:
    slept: list[float] = []
    assert export_table.wait(Client("IN_PROGRESS", "COMPLETED"), ARN, slept.append)["ItemCount"] == 3
    assert len(slept) == 1


def test_a_failed_export_is_reported_with_the_reason() -> None:
    with pytest.raises(export_table.Failed, match="the bucket is not yours"):
        export_table.wait(Client("FAILED"), ARN)


def test_the_statements_name_the_exports_location() -> None:
    assert "LOCATION 's3://mine/aftercare/AWSDynamoDB/01-a1/data/'" in export_table.sql("mine", ARN)


def test_athenas_table_has_attributes_that_items_have() -> None:
    message = samples.message_of(samples.reply(samples.ticket()))
    known = (
        {"closed_at", "outcome"}
        | ticket_items.ticket_item(samples.ticket()).keys()
        | ticket_items.message_item(message).keys()
    )
    known |= {*LogEntry.__dataclass_fields__, *AuditEvent.__dataclass_fields__}
    named = re.findall(r"(?m)^    (\w+): struct<[SL]: ", export_table.SQL.read_text(encoding="utf-8"))
    assert set(named) <= known | {"visibility"}
    assert {"pk", "sk", "ref", "text", "action", "details", "detail"} <= set(named)


def test_dynamodb_is_asked_for_the_table_and_the_bucket(in_process: None) -> None:
    client = boto3.client("dynamodb", region_name=tables.REGION)
    tables.create(client, "exported")
    client.update_continuous_backups(
        TableName="exported", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    s3 = boto3.client("s3", region_name=tables.REGION)
    s3.create_bucket(Bucket="mine", CreateBucketConfiguration={"LocationConstraint": tables.REGION})
    arn = export_table.begin(client, "exported", "mine")
    found = export_table.wait(client, arn, lambda _: None)
    assert (found["S3Bucket"], found["S3Prefix"]) == ("mine", "aftercare")


def test_an_error_is_reported_as_a_sentence(in_process: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert export_table.main(["--table", "none", "--bucket", "mine"]) == 1
    assert capsys.readouterr().err.startswith("The table could not be exported: ")
