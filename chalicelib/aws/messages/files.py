"""Files of WhatsApp messages that came by AWS End User Messaging Social: the service puts them into our bucket
(`socialmessaging`, GetWhatsAppMessageMedia), and from there they are read (decision 309)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import TryAgainLater, UnknownFile
from chalicelib.patterns import pattern
from chalicelib.services.ports.messages.channels import LARGEST, Fetched
from chalicelib.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "fetched/"
"""With this the keys of fetched files begin. The bucket's lifecycle forgets them after a day: by then they are in
their ticket."""
_ID = pattern(r"[A-Za-z0-9]{1,100}")
# What no further try changes. A right that is missing is not among these: it is given later.
_GONE = (
    "AccessDeniedByMetaException", "InvalidParametersException", "ResourceNotFoundException", "ValidationException",
)  # fmt: skip


class WhatsappFiles:
    """`social` and `s3` return boto3 clients, made at their first use; `bucket` is in the region of the numbers."""

    def __init__(self, social: Callable[[], Any], s3: Callable[[], S3Client], bucket: str) -> None:
        self._social = social
        self._s3 = s3
        self._bucket = bucket

    def fetch(self, shop: str, number: str, id: str) -> Fetched:
        """The file with this id of Meta's, sent to the number with this id of AWS's. What an earlier try has brought
        is not asked for again. Raises UnknownFile and TryAgainLater."""
        if not _ID.fullmatch(id):
            raise UnknownFile(id)
        folder = f"{PREFIX}{shop}/{id}/"
        try:
            found = self._brought(folder) or self._bring(folder, number, id)
            return Fetched(self._s3().get_object(Bucket=self._bucket, Key=found)["Body"].read(), "")
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _GONE:
                raise UnknownFile(id) from None
            logger.warning("a file of a messenger could not be fetched", extra={"reason": code})
            raise TryAgainLater(code) from error
        except BotoCoreError as error:
            raise TryAgainLater(type(error).__name__) from error

    def _bring(self, folder: str, number: str, id: str) -> str:
        self._social().get_whatsapp_message_media(
            mediaId=id, originationPhoneNumberId=number, destinationS3File={"bucketName": self._bucket, "key": folder}
        )
        found = self._brought(folder)
        if not found:
            raise TryAgainLater("not there yet")
        return found

    def _brought(self, folder: str) -> str:
        """The key of the file in this folder; "" if there is none. The service names it by the id, and often by the
        type besides. Raises UnknownFile if it is too large to be read."""
        listed = self._s3().list_objects_v2(Bucket=self._bucket, Prefix=folder, MaxKeys=1)
        for found in listed.get("Contents", ()):
            if found["Size"] > LARGEST:
                raise UnknownFile(folder)
            return found["Key"]
        return ""
