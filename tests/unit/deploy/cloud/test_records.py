"""What holds records is deleted with everything in it, and only where it is."""

from collections.abc import Iterator

import pytest

from deploy.cloud import clients, records
from deploy.cloud.clients import Clients
from deploy.cloud.stops import Stopped
from tests.support.store import tables


@pytest.fixture
def aws(in_process: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    yield clients.connect(tables.REGION)


def test_a_bucket_goes_with_every_version(aws: Clients) -> None:
    aws.s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": tables.REGION})
    aws.s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"old", b"new"):
        aws.s3.put_object(Bucket="bucket", Key="k", Body=body)
    aws.s3.delete_object(Bucket="bucket", Key="k")
    assert records.delete(aws, "AWS::S3::Bucket", "bucket")
    assert "bucket" not in [bucket["Name"] for bucket in aws.s3.list_buckets()["Buckets"]]
    assert not records.delete(aws, "AWS::S3::Bucket", "bucket")


def test_a_protected_table_goes(aws: Clients) -> None:
    key = {"AttributeName": "pk", "AttributeType": "S"}
    aws.dynamodb.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[key],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        DeletionProtectionEnabled=True,
    )
    assert records.delete(aws, "AWS::DynamoDB::Table", "t")
    assert "t" not in aws.dynamodb.list_tables()["TableNames"]
    assert not records.delete(aws, "AWS::DynamoDB::Table", "t")


def test_a_secret_can_be_had_back_unless_it_was_never_in_use(aws: Clients) -> None:
    for name in ("used", "unused"):
        aws.secrets.create_secret(Name=name, SecretString="s")
    assert records.delete(aws, "AWS::SecretsManager::Secret", "used")
    assert aws.secrets.describe_secret(SecretId="used")["DeletedDate"]
    assert records.delete(aws, "AWS::SecretsManager::Secret", "unused", at_once=True)
    assert not records.delete(aws, "AWS::SecretsManager::Secret", "unused")


def test_everything_that_holds_records_can_be_deleted() -> None:
    from deploy.cloud.change_sets import RECORDS

    assert set(records._DELETE) == set(RECORDS)


def test_without_credentials_it_says_how_to_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Stopped, match="Sign in first"):
        clients.connect("eu-central-1")
