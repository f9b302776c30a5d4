"""DynamoDB's part of a restore: what is asked of it, what is refused, and the settings that it does not restore."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from chalice.package import YAMLTemplateSerializer

from deploy import restore
from deploy.restoring import tables as restoring
from tests.support.store import tables

AT = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/"


@pytest.fixture
def stub() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client("dynamodb", region_name=tables.REGION, aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def window(days: int = 35, status: str = "ENABLED") -> dict[str, Any]:
    recovery = {
        "PointInTimeRecoveryStatus": status,
        "EarliestRestorableDateTime": AT - timedelta(days=days),
        "LatestRestorableDateTime": AT + timedelta(minutes=5),
    }
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery,
        }
    }  # fmt: skip


def test_it_asks_for_that_moment_and_waits(stub: tuple[Any, Stubber]) -> None:
    client, stubber = stub
    stubber.add_client_error("describe_table", "ResourceNotFoundException")
    stubber.add_response("describe_continuous_backups", window(), {"TableName": "old"})
    asked = {"SourceTableName": "old", "TargetTableName": "new", "RestoreDateTime": AT}
    stubber.add_response("restore_table_to_point_in_time", {}, asked)
    stubber.add_response("describe_table", {"Table": {"TableStatus": "ACTIVE"}}, {"TableName": "new"})
    restoring.begin(client, "old", "new", AT)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [(window(days=0), "2026-11-28T10:00:00"), (window(status="DISABLED"), "no point-in-time recovery")],
)
def test_a_moment_that_cannot_be_restored_is_refused(
    stub: tuple[Any, Stubber], found: dict[str, Any], sentence: str
) -> None:
    client, stubber = stub
    stubber.add_client_error("describe_table", "ResourceNotFoundException")
    stubber.add_response("describe_continuous_backups", found)
    with pytest.raises(restoring.Failed, match=sentence):
        restoring.begin(client, "old", "new", AT - timedelta(hours=1))


@pytest.mark.parametrize(
    ("summary", "goes_on"),
    [
        ({"SourceTableArn": f"{ARN}old", "RestoreDateTime": AT, "RestoreInProgress": False}, True),
        ({"SourceTableArn": f"{ARN}old", "RestoreDateTime": AT + timedelta(1), "RestoreInProgress": False}, False),
        ({"SourceTableArn": f"{ARN}other", "RestoreDateTime": AT, "RestoreInProgress": False}, False),
        (None, False),
    ],
)
def test_a_table_that_is_there_is_used_only_if_it_is_that_restore(
    stub: tuple[Any, Stubber], summary: dict[str, Any] | None, goes_on: bool
) -> None:
    client, stubber = stub
    stubber.add_response("describe_table", {"Table": {"RestoreSummary": summary} if summary else {}})
    stubber.add_response("describe_table", {"Table": {"TableArn": f"{ARN}old"}}, {"TableName": "old"})
    if goes_on:
        stubber.add_response("describe_table", {"Table": {"TableStatus": "ACTIVE"}})
        restoring.begin(client, "old", "new", AT)
    else:
        with pytest.raises(restoring.Failed, match="give another name"):
            restoring.begin(client, "old", "new", AT)


def test_the_settings_that_a_restore_leaves_out_are_those_of_the_stacks_table() -> None:
    with tables.in_process():
        client = boto3.client("dynamodb")
        tables.create(client, "old")
        arn = client.describe_table(TableName="old")["Table"]["TableArn"]
        client.tag_resource(ResourceArn=arn, Tags=[{"Key": "cost-centre", "Value": "care"}])
        client.restore_table_to_point_in_time(SourceTableName="old", TargetTableName="new")
        streams = {restoring.complete(client, "old", "new") for _ in range(2)}
        table = client.describe_table(TableName="new")["Table"]
        stated = tables.definition()
        assert streams == {table["LatestStreamArn"]}
        assert table["StreamSpecification"] == {"StreamEnabled": True} | stated["StreamSpecification"]
        assert table["DeletionProtectionEnabled"] is True
        expiry = client.describe_time_to_live(TableName="new")["TimeToLiveDescription"]
        assert expiry["AttributeName"] == stated["TimeToLiveSpecification"]["AttributeName"]
        backups: Any = client.describe_continuous_backups(TableName="new")["ContinuousBackupsDescription"]
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
        new = client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in new} == {"cost-centre": "care"}


def test_the_settings_of_the_functions_come_from_the_stack() -> None:
    outputs = [{"OutputKey": name, "OutputValue": f"the {name}"} for name in restore._SETTINGS.values()]
    found = restore.environment({"Outputs": outputs}, "new")
    assert found["TABLE_NAME"] == "new"
    assert found["AUDIT_SECRET_ID"] == "the AuditSecretId"
    assert found["PUBLIC_URL"] == "the PublicAddress"
    template: Any = YAMLTemplateSerializer().load_template((tables.ROOT / "resources.yaml").read_text())
    assert set(restore._SETTINGS.values()) | {"TableName"} <= template["Outputs"].keys()


@pytest.mark.parametrize("text", ["2026-11-28T11:00+01:00", "2026-11-28T10:00Z"])
def test_a_moment_has_its_time_zone(text: str) -> None:
    assert restore.moment(text) == AT
    with pytest.raises(ValueError, match="time zone"):
        restore.moment("2026-11-28T10:00")


def test_the_tables_name_is_one_that_the_stack_takes() -> None:
    template: Any = YAMLTemplateSerializer().load_template((tables.ROOT / "resources.yaml").read_text())
    assert template["Parameters"]["RestoredTable"]["AllowedPattern"] == f"({restore._NAME.pattern})?"
    assert restore.name("aftercare-prod_restored.1128") == "aftercare-prod_restored.1128"
    for text in ("", "ab", "a" * 51, "a table"):
        with pytest.raises(ValueError, match="3 to 50"):
            restore.name(text)


def test_a_failure_is_one_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> str:
        raise restoring.Failed("old has no point-in-time recovery.")

    monkeypatch.setattr(restore, "_run", fail)
    assert restore.main(["--stack", "none", "--at", "2026-11-28T10:00Z", "--table", "new"]) == 1
    assert capsys.readouterr().err == "The table was not restored: old has no point-in-time recovery.\n"
