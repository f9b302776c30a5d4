"""Raw mails, attachments and uploads in S3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import ClientError

from chalicelib.aws import file_purging
from chalicelib.errors import UnknownFile
from chalicelib.services.ports.files import Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, CopySourceTypeDef, TagTypeDef

# The time within which an upload must begin; once begun, it may take as long as it needs.
_UPLOAD_SECONDS = 600
# To callers who may read but not list, S3 answers "forbidden" for a missing key.
_NOT_THERE = (403, 404)
# SES stores this beside the mails when a receipt rule is made.
_SETUP = "raw/AMAZON_SES_SETUP_NOTIFICATION"
# The bucket's lifecycle deletes only objects with this tag, so that no mail without an outcome is ever deleted. The
# values have different periods.
_SETTLED, _COPIED, _RECORDED = "outcome", "copied", "recorded"


class Files:
    """Implements services.ports.files.Files. `client` returns a boto3 S3 client, made at its first use."""

    def __init__(self, client: Callable[[], S3Client], mail_bucket: str, files_bucket: str) -> None:
        self._client = client
        self._mail_bucket = mail_bucket
        self._files_bucket = files_bucket

    def raw_mail(self, key: str) -> bytes:
        """Functions that read mails may also list them. So a missing right is not mistaken for a missing mail."""
        return self._read(self._mail_bucket, key, (404,))

    def keep_raw_mail(self, raw_key: str, key: str) -> None:
        source: CopySourceTypeDef = {"Bucket": self._mail_bucket, "Key": raw_key}
        self._client().copy_object(Bucket=self._files_bucket, Key=key, CopySource=source, TaggingDirective="REPLACE")

    def settle_raw_mail(self, key: str, *, copied: bool) -> None:
        tag: TagTypeDef = {"Key": _SETTLED, "Value": _COPIED if copied else _RECORDED}
        self._client().put_object_tagging(Bucket=self._mail_bucket, Key=key, Tagging={"TagSet": [tag]})

    def raw_mails(self) -> Iterator[tuple[str, datetime]]:
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self._mail_bucket, Prefix="raw/")
        for page in pages:
            for found in page.get("Contents", ()):
                if found["Key"] != _SETUP:
                    yield found["Key"], found["LastModified"]

    def keep(self, key: str, content: bytes, content_type: str) -> None:
        self._client().put_object(Bucket=self._files_bucket, Key=key, Body=content, ContentType=content_type)

    def read(self, key: str) -> bytes:
        return self._read(self._files_bucket, key)

    def adopt_upload(self, upload: str, key: str) -> None:
        source: CopySourceTypeDef = {"Bucket": self._files_bucket, "Key": upload}
        self._client().copy_object(Bucket=self._files_bucket, Key=key, CopySource=source)

    def upload(self, key: str) -> Upload | None:
        try:
            head = self._client().head_object(Bucket=self._files_bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in _NOT_THERE:
                return None
            raise
        return Upload(head["ContentLength"], head["ContentType"])

    def upload_form(self, key: str, content_type: str, largest: int) -> tuple[str, Mapping[str, str]]:
        post = self._client().generate_presigned_post(
            Bucket=self._files_bucket,
            Key=key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, largest]],
            ExpiresIn=_UPLOAD_SECONDS,
        )
        return post["url"], post["fields"]

    def link(self, key: str, filename: str, content_type: str, seconds: int) -> str:
        """Always a download, never displayed in the browser: an attachment must not run on our site (RFC 6266)."""
        plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in filename)
        disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
        params = {
            "Bucket": self._files_bucket,
            "Key": key,
            "ResponseContentDisposition": disposition,
            "ResponseContentType": content_type,
        }
        return self._client().generate_presigned_url("get_object", Params=params, ExpiresIn=seconds)

    def begin_parts(self, key: str, content_type: str) -> str:
        begun = self._client().create_multipart_upload(Bucket=self._files_bucket, Key=key, ContentType=content_type)
        return begun["UploadId"]

    def put_part(self, key: str, upload: str, number: int, content: bytes) -> str:
        try:
            part = self._client().upload_part(
                Bucket=self._files_bucket, Key=key, UploadId=upload, PartNumber=number, Body=content
            )
        except ClientError as error:
            raise _gone(error, key) from None
        return part["ETag"]

    def join_parts(self, key: str, upload: str, parts: Sequence[str]) -> None:
        named: list[CompletedPartTypeDef] = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(parts, 1)]
        try:
            self._client().complete_multipart_upload(
                Bucket=self._files_bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": named}
            )
        except ClientError as error:
            gone = _gone(error, key)
            # If the file exists, an earlier run has joined it and died before it could record that.
            if self.upload(key) is None:
                raise gone from None

    def abort_upload(self, key: str, upload: str) -> None:
        file_purging.abandon(self._client(), self._files_bucket, key, upload)

    def stored(self, prefix: str) -> Mapping[str, int]:
        return file_purging.stored(self._client(), self._files_bucket, prefix)

    def delete_versions_page(self, prefix: str) -> int:
        return file_purging.delete_versions_page(self._client(), self._files_bucket, prefix)

    def abandon_parts(self, prefix: str) -> None:
        file_purging.abandon_parts(self._client(), self._files_bucket, prefix)

    def erase_files(self, keys: Iterable[str]) -> None:
        file_purging.erase_keys(self._client(), self._files_bucket, keys)

    def erase_raw(self, keys: Iterable[str]) -> None:
        file_purging.erase_keys(self._client(), self._mail_bucket, keys)

    def _read(self, bucket: str, key: str, not_there: Sequence[int] = _NOT_THERE) -> bytes:
        try:
            return self._client().get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in not_there:
                raise UnknownFile(key) from None
            raise


def _gone(error: ClientError, key: str) -> Exception:
    """The error that a failed request for parts stands for."""
    return UnknownFile(key) if error.response["Error"]["Code"] in ("NoSuchUpload", "InvalidPart") else error
