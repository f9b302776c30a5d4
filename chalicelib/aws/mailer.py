"""Sends mails through SES, by version 1's SendRawEmail. Its limit of 10 MB is plenty for mails with links instead of
files (decision 12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)

from chalicelib.errors import NotSent
from chalicelib.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

# With these codes SES will never accept this mail. After any other code another try makes sense.
_FOR_GOOD = {"InvalidParameterValue", "MessageRejected", "ValidationError"}
# The tags that the log line of a sent mail has, under these names.
_LOGGED = {"ref": "ref", "message": "message_id", "purpose": "purpose"}
# SES can't have received the mail: there was no connection.
_NEVER_REACHED = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)
# MessageRejected also has messages with these words. Those errors end when somebody fixes the account.
_PASSING_WORDS = ("not verified", "paused", "disabled", "suspended")


class Mailer:
    """Implements services.ports.mails.Mailer. `client` returns a boto3 SES client, made at its first use."""

    def __init__(self, client: Callable[[], SESClient], configuration_set: str) -> None:
        self._client = client
        self._configuration_set = configuration_set

    def send(self, sender: str, recipient: str, raw: bytes, tags: Mapping[str, str]) -> str:
        try:
            answer = self._client().send_raw_email(
                Source=sender,
                Destinations=[recipient],
                RawMessage={"Data": raw},
                ConfigurationSetName=self._configuration_set,
                Tags=[{"Name": name, "Value": value} for name, value in tags.items()],
            )
        except ClientError as error:
            code, words = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            passing = code not in _FOR_GOOD or any(word in words for word in _PASSING_WORDS)
            raise NotSent(f"{code}: {words}", passing=passing) from error
        except BotoCoreError as error:
            unanswered = not isinstance(error, _NEVER_REACHED)
            raise NotSent(type(error).__name__, passing=True, unanswered=unanswered) from error
        about = {_LOGGED[name]: value for name, value in tags.items() if name in _LOGGED}
        logger.info("a mail was sent", extra={"ses_id": answer["MessageId"]} | about)
        return answer["MessageId"]
