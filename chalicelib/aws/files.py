"""Raw mails, attachments and uploads in S3."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from chalicelib.errors import UnknownFile
from chalicelib.services.ports import Upload

_UPLOAD_SECONDS = 3600
# The bucket's lifecycle deletes only what has this tag, so that no mail without an outcome is ever deleted.
_SETTLED = {"Key": "outcome", "Value": "recorded"}


class Files:
    """Implements services.ports.Files. `client` is a boto3 S3 client, made when first needed."""

    def __init__(self, client: Any, mail_bucket: str, files_bucket: str) -> None:
        self._client = client
        self._mail_bucket = mail_bucket
        self._files_bucket = files_bucket

    def raw_mail(self, key: str) -> bytes:
        return self._read(self._mail_bucket, key)

    def keep_raw_mail(self, raw_key: str, key: str) -> None:
        source = {"Bucket": self._mail_bucket, "Key": raw_key}
        self._client().copy_object(Bucket=self._files_bucket, Key=key, CopySource=source, TaggingDirective="REPLACE")

    def settle_raw_mail(self, key: str) -> None:
        self._client().put_object_tagging(Bucket=self._mail_bucket, Key=key, Tagging={"TagSet": [_SETTLED]})

    def raw_mails(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self._mail_bucket, Prefix="raw/")
        for page in pages:
            for found in page.get("Contents", ()):
                if found["LastModified"] >= since:
                    yield found["Key"], found["LastModified"]

    def keep(self, key: str, content: bytes, content_type: str) -> None:
        self._client().put_object(Bucket=self._files_bucket, Key=key, Body=content, ContentType=content_type)

    def read(self, key: str) -> bytes:
        return self._read(self._files_bucket, key)

    def adopt_upload(self, upload: str, key: str) -> None:
        source = {"Bucket": self._files_bucket, "Key": upload}
        self._client().copy_object(Bucket=self._files_bucket, Key=key, CopySource=source)

    def upload(self, key: str) -> Upload | None:
        try:
            head = self._client().head_object(Bucket=self._files_bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
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
        """Always a download, never shown in place: an attachment must not run in our name (RFC 6266)."""
        plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in filename)
        disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
        params = {
            "Bucket": self._files_bucket,
            "Key": key,
            "ResponseContentDisposition": disposition,
            "ResponseContentType": content_type,
        }
        link: str = self._client().generate_presigned_url("get_object", Params=params, ExpiresIn=seconds)
        return link

    def _read(self, bucket: str, key: str) -> bytes:
        try:
            content: bytes = self._client().get_object(Bucket=bucket, Key=key)["Body"].read()
        except self._client().exceptions.NoSuchKey:
            raise UnknownFile(key) from None
        return content
