"""Deletes what CloudFormation keeps: tables, buckets and secrets, with everything in them."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from deploy.cloud import clients
from deploy.cloud.clients import Clients

# A secret that was in use can be had back for this many days.
RECOVERY_DAYS = 30
_MISSING = frozenset({"404", "NoSuchBucket", "NotFound", "ResourceNotFoundException"})


def delete(aws: Clients, kind: str, name: str, *, at_once: bool = False) -> bool:
    """Delete the resource of this type, one of change_sets.RECORDS. Returns False if it is gone already.

    `at_once`: a secret can't be had back either.
    """
    try:
        _DELETE[kind](aws, name, at_once)
    except ClientError as error:
        if clients.code(error) not in _MISSING:
            raise
        return False
    return True


def _delete_table(aws: Clients, name: str, _at_once: bool) -> None:
    if aws.dynamodb.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled"):
        aws.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
        aws.dynamodb.get_waiter("table_exists").wait(TableName=name)
    aws.dynamodb.delete_table(TableName=name)


def _delete_bucket(aws: Clients, name: str, _at_once: bool) -> None:
    for page in aws.s3.get_paginator("list_object_versions").paginate(Bucket=name):
        listed: list[dict[str, Any]] = page.get("Versions", []) + page.get("DeleteMarkers", [])
        versions = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in listed]
        if versions:
            aws.s3.delete_objects(Bucket=name, Delete={"Objects": versions, "Quiet": True})
    aws.s3.delete_bucket(Bucket=name)


def _delete_secret(aws: Clients, name: str, at_once: bool) -> None:
    how = {"ForceDeleteWithoutRecovery": True} if at_once else {"RecoveryWindowInDays": RECOVERY_DAYS}
    aws.secrets.describe_secret(SecretId=name)
    aws.secrets.delete_secret(SecretId=name, **how)


_DELETE: dict[str, Callable[[Clients, str, bool], None]] = {
    "AWS::DynamoDB::Table": _delete_table,
    "AWS::S3::Bucket": _delete_bucket,
    "AWS::SecretsManager::Secret": _delete_secret,
}
