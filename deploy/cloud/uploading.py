"""The bucket from which CloudFormation takes the package: one for each account and region, for all stages.

What was uploaded stays there. CloudFormation reads the former package again when it rolls an update back.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from deploy.cloud import clients
from deploy.cloud.clients import Clients
from deploy.cloud.stops import Stopped

_FIRST_REGION = "us-east-1"


def bucket(account: str, region: str) -> str:
    return f"aftercare-packages-{account}-{region}"


def provide_bucket(aws: Clients, region: str) -> str:
    """The bucket's name; it is made if there is none. Raises Stopped if somebody else owns it."""
    name = bucket(aws.account, region)
    try:
        aws.s3.head_bucket(Bucket=name, ExpectedBucketOwner=aws.account)
    except ClientError as error:
        if clients.code(error) not in ("404", "NoSuchBucket", "NotFound"):
            raise Stopped(f"The bucket {name} can't be used: {error}\nDoes it belong to this account?") from error
        _make(aws.s3, name, region)
    return name


def _make(s3: Any, name: str, region: str) -> None:
    # us-east-1 refuses to be named.
    place = {} if region == _FIRST_REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **place)
    everything = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(everything, True))


def upload(aws: Clients, name: str, template: Path, package: Path) -> tuple[str, bool]:
    """Upload both under names made from their content. Returns the template's URL, and whether the package was new."""
    content = package.read_bytes()
    key = f"{hashlib.sha256(content).hexdigest()}.zip"
    new = not _is_there(aws, name, key)
    if new:
        aws.s3.put_object(Bucket=name, Key=key, Body=content, ExpectedBucketOwner=aws.account)
    text = json.dumps(pointed(json.loads(template.read_text(encoding="utf-8")), name, key)).encode()
    place = f"{hashlib.sha256(text).hexdigest()}.json"
    aws.s3.put_object(Bucket=name, Key=place, Body=text, ExpectedBucketOwner=aws.account)
    # By the host of the region: CloudFormation may not find a bucket that is new, or in a new region, by another.
    return f"{aws.s3.meta.endpoint_url}/{name}/{place}", new


def _is_there(aws: Clients, name: str, key: str) -> bool:
    try:
        aws.s3.head_object(Bucket=name, Key=key, ExpectedBucketOwner=aws.account)
    except ClientError as error:
        if clients.code(error) not in ("404", "NoSuchKey", "NotFound"):
            raise
        return False
    return True


def pointed(template: dict[str, Any], name: str, key: str) -> dict[str, Any]:
    """The template whose functions take their code from this object. Changes it in place."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": name, "Key": key}
    return template
