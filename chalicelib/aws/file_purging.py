"""Permanent deletion from the buckets: every version and delete marker, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef, ObjectIdentifierTypeDef


def stored(client: S3Client, bucket: str, prefix: str) -> dict[str, int]:
    """See services.ports.files.Purging.stored."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return {found["Key"]: found["Size"] for page in pages for found in page.get("Contents", ())}


def delete_versions_page(client: S3Client, bucket: str, prefix: str) -> int:
    """See services.ports.files.Purging.delete_versions_page. A page has a thousand versions, the most that one request
    deletes."""
    answer = client.list_object_versions(Bucket=bucket, Prefix=prefix)
    return _delete(client, bucket, _versions(answer))


def abandon_parts(client: S3Client, bucket: str, prefix: str) -> None:
    """See services.ports.files.Purging.abandon_parts."""
    for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix):
        for begun in page.get("Uploads", ()):
            abandon(client, bucket, begun["Key"], begun["UploadId"])


def abandon(client: S3Client, bucket: str, key: str, upload: str) -> None:
    """See services.ports.files.Files.abort_upload."""
    with suppress(client.exceptions.NoSuchUpload):  # joined or abandoned meanwhile
        client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)


def erase_keys(client: S3Client, bucket: str, keys: Iterable[str]) -> None:
    """See services.ports.files.Purging.erase_raw. If a key is also the beginning of other keys, only that key is
    deleted."""
    for key in keys:
        pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
        for page in pages:
            _delete(client, bucket, [found for found in _versions(page) if found["Key"] == key])


def _versions(answer: ListObjectVersionsOutputTypeDef) -> list[ObjectIdentifierTypeDef]:
    found = [*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())]
    return [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]


def _delete(client: S3Client, bucket: str, versions: list[ObjectIdentifierTypeDef]) -> int:
    if versions:
        answer = client.delete_objects(Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
        if answer.get("Errors"):
            raise RuntimeError(f"{len(answer['Errors'])} files could not be deleted: {answer['Errors'][0]['Code']}")
    return len(versions)
