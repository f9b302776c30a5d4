"""Raw events of shops' systems in S3, beside the raw mails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import TryAgainLater, UnknownFile
from chalicelib.services.ports.events.hooks import PREFIX, RawHook
from chalicelib.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_TYPE = "application/octet-stream"
# It is there already, from an earlier try of the same delivery; or both are just being put.
_THERE = ("PreconditionFailed", "ConditionalRequestConflict")


class RawHooks:
    """Implements services.ports.events.hooks.RawHooks. `client` returns a boto3 S3 client, made at its first use."""

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep_hook(self, key: str, hook: RawHook) -> None:
        told = {"topic": hook.topic, "delivery": hook.delivery}
        metadata = {name: value for name, value in told.items() if value}
        try:
            self._client().put_object(
                Bucket=self._bucket, Key=key, Body=hook.body, ContentType=_TYPE, Metadata=metadata, IfNoneMatch="*"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _THERE:
                raise _later(error) from error
        except BotoCoreError as error:
            raise _later(error) from error

    def hook(self, key: str) -> RawHook:
        try:
            found = self._client().get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise UnknownFile(key) from None
            raise
        told = found["Metadata"]
        return RawHook(found["Body"].read(), told.get("topic", ""), told.get("delivery", ""))

    def settle_hook(self, key: str) -> None:
        tags = [{"Key": "outcome", "Value": "recorded"}]
        self._client().put_object_tagging(Bucket=self._bucket, Key=key, Tagging={"TagSet": tags})  # type: ignore[typeddict-item]

    def raw_hooks(self) -> Iterator[tuple[str, datetime]]:
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=PREFIX)
        return ((found["Key"], found["LastModified"]) for page in pages for found in page.get("Contents", ()))


def _later(error: Exception) -> TryAgainLater:
    logger.warning("an event could not be kept", extra={"reason": type(error).__name__})
    return TryAgainLater()
