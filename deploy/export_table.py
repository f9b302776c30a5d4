"""Asks DynamoDB to export the whole table to S3: `python -m deploy.export_table --table NAME --bucket NAME [--wait]`.
An export uses none of the table's capacity. deploy/export_table.sql makes the files a table in Athena."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

SQL = Path(__file__).with_suffix(".sql")
PREFIX = "aftercare"
_SECONDS = 30


class Failed(Exception):
    """DynamoDB could not export; the message is a sentence."""


def begin(client: Any, table: str, bucket: str) -> str:
    """Start the export; return its ARN."""
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    asked = {"TableArn": arn, "S3Bucket": bucket, "S3Prefix": PREFIX, "ExportFormat": "DYNAMODB_JSON"}
    # The same bucket and day give the same token, so a repeated call starts no second export.
    token = f"{bucket}-{time.strftime('%Y%m%d', time.gmtime())}"[-64:]
    begun: str = client.export_table_to_point_in_time(**asked, ClientToken=token)["ExportDescription"]["ExportArn"]
    return begun


def wait(client: Any, arn: str, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """The description of the export once it is complete. Raises Failed."""
    while True:
        found: dict[str, Any] = client.describe_export(ExportArn=arn)["ExportDescription"]
        if found["ExportStatus"] == "COMPLETED":
            return found
        if found["ExportStatus"] == "FAILED":
            raise Failed(found.get("FailureMessage", "DynamoDB does not say why."))
        sleep(_SECONDS)


def sql(bucket: str, arn: str) -> str:
    """The Athena statements for this export."""
    place = f"s3://{bucket}/{PREFIX}/AWSDynamoDB/{arn.rpartition('/')[2]}/data/"
    return SQL.read_text(encoding="utf-8").replace("s3://BUCKET/PREFIX/AWSDynamoDB/EXPORT/data/", place)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.export_table", description="Export the whole table to S3.")
    parser.add_argument("--table", required=True, help="the stack's output TableName")
    parser.add_argument("--bucket", required=True, help="a bucket of yours; the copy holds personal data")
    parser.add_argument("--wait", action="store_true", help="until it is complete, then print Athena's statements")
    wanted = parser.parse_args(arguments)
    client = boto3.client("dynamodb")
    try:
        arn = begin(client, wanted.table, wanted.bucket)
        print(f"DynamoDB exports {wanted.table}: {arn}")
        if wanted.wait:
            found = wait(client, arn)
            print(f"{found.get('ItemCount', 0)} items, {found.get('BilledSizeBytes', 0)} bytes\n")
            print(sql(wanted.bucket, arn))
    except (Failed, ClientError, BotoCoreError) as error:
        print(f"The table could not be exported: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
