"""Queues: the number of their messages, putting back a mail without an outcome, and redriving dead letters."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import TryAgainLater
from chalicelib.services.ports.running import QueueDepth
from chalicelib.telemetry import logger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10
# A short poll asks only some of SQS's servers and usually finds none of a few messages. A long poll asks all servers.
# In case some servers do not answer even then, it is repeated.
_WAIT_SECONDS = 1
_EMPTY_ANSWERS = 3


class DeadLetters:
    """Implements services.ports.running.RedrivableQueue. `client` returns a boto3 SQS client, made at its first use."""

    def __init__(self, client: Callable[[], SQSClient], url: str, dead_letters_url: str) -> None:
        self._client = client
        self._url = url
        self._dead_letters_url = dead_letters_url

    def redrive(self, limit: int) -> int:
        seen, empty, redriven = 0, 0, set[str]()
        while seen < limit and empty < _EMPTY_ANSWERS:
            answer = self._client().receive_message(
                QueueUrl=self._dead_letters_url, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=_WAIT_SECONDS
            )
            letters = answer.get("Messages", [])
            empty = 0 if letters else empty + 1
            for letter in letters:
                # Send first, then delete: if the function dies between the two, there are two messages, and the second
                # has no effect. A mail that was put back repeatedly while its message was here has many equal messages.
                # One of them is enough, so that they do not pile up.
                if letter["Body"] not in redriven:
                    self._client().send_message(QueueUrl=self._url, MessageBody=letter["Body"])
                    redriven.add(letter["Body"])
                receipt = letter["ReceiptHandle"]
                self._client().delete_message(QueueUrl=self._dead_letters_url, ReceiptHandle=receipt)
            seen += len(letters)
        return len(redriven)

    def depths(self) -> QueueDepth:
        return QueueDepth(self._depth(self._url), self._depth(self._dead_letters_url))

    def _depth(self, url: str) -> int:
        if not url:
            return 0
        answer = self._client().get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


class HookQueue(DeadLetters):
    """Implements services.ports.events.hooks.HookQueue."""

    def put_hook(self, key: str) -> None:
        try:
            self._client().send_message(QueueUrl=self._url, MessageBody=json.dumps({"key": key}))
        except (ClientError, BotoCoreError) as error:
            logger.warning("an event could not be put on its queue", extra={"reason": type(error).__name__})
            raise TryAgainLater from error


class MailQueue(DeadLetters):
    """Implements services.ports.running.Queue."""

    def put_back(self, raw_key: str) -> None:
        """In the form of SES's notification, but without an envelope: the recipients come from the mail's own
        headers."""
        receipt = {"recipients": [], "action": {"type": "S3", "objectKey": raw_key}}
        body = json.dumps({"notificationType": "Received", "receipt": receipt})
        self._client().send_message(QueueUrl=self._url, MessageBody=body)
