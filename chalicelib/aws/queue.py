"""Queues: how much lies in them, putting a mail back that has no outcome, and dead letters back to the living."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib.services.ports.running import QueueDepth

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10
# A short poll asks some of SQS's servers, and of few letters mostly finds none; a long one asks all. Should those of
# the letters not have answered either, we ask again.
_WAIT_SECONDS = 1
_EMPTY_ANSWERS = 3


class DeadLetters:
    """Implements services.ports.deps.Reviving. `client` makes a boto3 SQS client when first needed."""

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
                # Back first: dying in between makes it two, of which the second changes nothing. Of a mail put back
                # again and again while it lay here there are many that say the same: one will do, lest they pile up.
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


class MailQueue(DeadLetters):
    """Implements services.ports.deps.Queue."""

    def put_back(self, raw_key: str) -> None:
        """In the shape of SES's notification, but without an envelope: the mail's own headers must tell."""
        receipt = {"recipients": [], "action": {"type": "S3", "objectKey": raw_key}}
        body = json.dumps({"notificationType": "Received", "receipt": receipt})
        self._client().send_message(QueueUrl=self._url, MessageBody=body)
