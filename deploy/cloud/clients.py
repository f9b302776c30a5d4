"""The clients of AWS that the commands use, for one region, and who they act for."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deploy.cloud.stops import Stopped

FAILURES = (ClientError, BotoCoreError)


@dataclass(frozen=True, slots=True)
class Clients:
    """One client for each service, and the number of the account that they act in."""

    account: str
    cloudformation: Any
    s3: Any
    ses: Any
    sesv2: Any
    functions: Any
    dynamodb: Any
    secrets: Any
    sns: Any


def connect(region: str) -> Clients:
    """Clients with the credentials of the terminal. Raises Stopped if AWS does not accept them."""
    session = boto3.Session(region_name=region)
    try:
        account: str = session.client("sts").get_caller_identity()["Account"]
    except FAILURES as error:
        raise Stopped(
            f"AWS does not know you: {error}\n"
            "Sign in first, so that `aws sts get-caller-identity` answers: docs/deploying.md, step 1."
        ) from error
    return Clients(
        account,
        session.client("cloudformation"),
        session.client("s3"),
        session.client("ses"),
        session.client("sesv2"),
        session.client("lambda"),
        session.client("dynamodb"),
        session.client("secretsmanager"),
        session.client("sns"),
    )


def code(error: ClientError) -> str:
    """AWS's name for the error, such as NoSuchBucket."""
    found: str = error.response["Error"]["Code"]
    return found
