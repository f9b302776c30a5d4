"""Sends by AWS End User Messaging what is to be answered from a number there: WhatsApp (`socialmessaging`,
SendWhatsAppMessage) and text messages (`pinpoint-sms-voice-v2`, SendTextMessage). What came by AWS is fetched by it
too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.messages.files import WhatsappFiles
from chalicelib.errors import NotSent, UnknownFile
from chalicelib.rules.events.messages.aws import BY_AWS
from chalicelib.rules.identity.handles import Provider
from chalicelib.services.ports.messages.channels import Channels, Fetched, Outgoing

_META_API = "v20.0"
_PASSING = ("ThrottledRequestException", "ThrottlingException", "InternalServiceException", "InternalServerException")
_FORBIDDEN = "AccessDeniedException"


class AwsChannels:
    """Implements services.ports.messages.channels.Channels; what is from no number at AWS goes to `others`. `social`
    and `texts` return boto3 clients, made at their first use. `text_events`: the set of rules by which AWS tells what
    became of text messages."""

    def __init__(
        self,
        social: Callable[[], Any],
        texts: Callable[[], Any],
        files: WhatsappFiles,
        others: Channels,
        text_events: str = "",
    ) -> None:
        self._social = social
        self._texts = texts
        self._files = files
        self._others = others
        self._told_by = {"ConfigurationSetName": text_events} if text_events else {}

    def send(self, shop: str, message: Outgoing) -> str:
        if not message.account.startswith(BY_AWS):
            return self._others.send(shop, message)
        try:
            return self._sent(message, message.account.removeprefix(BY_AWS))
        except ClientError as error:
            # Its message may contain the number.
            code = error.response["Error"]["Code"]
            raise NotSent(code, passing=code in (*_PASSING, _FORBIDDEN), token=code == _FORBIDDEN) from error
        except BotoCoreError as error:
            raise NotSent(type(error).__name__, passing=True, unanswered=True) from error

    def _sent(self, message: Outgoing, ours: str) -> str:
        if message.to.provider is Provider.SMS:
            answer = self._texts().send_text_message(
                DestinationPhoneNumber=message.to.number, OriginationIdentity=ours, MessageBody=message.text,
                MessageType="TRANSACTIONAL", **self._told_by,
            )  # fmt: skip
            return str(answer["MessageId"])
        to = {"to": message.to.number} if message.to.number else {"recipient": message.to.id}
        said = {"messaging_product": "whatsapp", "recipient_type": "individual", **to}
        body = json.dumps(said | message.of_whatsapp(), ensure_ascii=False)
        answer = self._social().send_whatsapp_message(
            originationPhoneNumberId=ours, message=body.encode(), metaApiVersion=_META_API
        )
        return str(answer["messageId"])

    def may_send(self, shop: str, provider: Provider, account: str) -> bool:
        return account.startswith(BY_AWS) or self._others.may_send(shop, provider, account)

    def fetch(self, shop: str, provider: Provider, account: str, id: str, url: str) -> Fetched:
        if not account.startswith(BY_AWS):
            return self._others.fetch(shop, provider, account, id, url)
        if provider is not Provider.WHATSAPP:
            raise UnknownFile("a text message by AWS has no files")
        return self._files.fetch(shop, account.removeprefix(BY_AWS), id)
