"""Sends text messages by AWS End User Messaging SMS (`pinpoint-sms-voice-v2`, SendTextMessage)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import NotSent
from chalicelib.telemetry import logger

# Seconds that AWS allows for a message to arrive.
_SHORTEST, _LONGEST = 60, 259_200


class TextMessages:
    """Implements services.ports.mails.TextMessages. `client` returns the boto3 client, made at its first use."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def send(self, number: str, text: str, identity: str, price: int, life: timedelta) -> str:
        try:
            answer = self._client().send_text_message(
                DestinationPhoneNumber=number,
                OriginationIdentity=identity,
                MessageBody=text,
                MessageType="TRANSACTIONAL",
                MaxPrice=f"{price / 100:.2f}",
                TimeToLive=min(max(int(life.total_seconds()), _SHORTEST), _LONGEST),
            )
        except ClientError as error:
            # Its message may contain the number.
            raise NotSent(error.response["Error"]["Code"], passing=False) from error
        except BotoCoreError as error:
            raise NotSent(type(error).__name__, passing=False, unanswered=True) from error
        id: str = answer["MessageId"]
        logger.info("a text message was sent", extra={"text_id": id})
        return id
