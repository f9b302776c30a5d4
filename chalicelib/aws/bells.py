"""The way to the function that rings, by a topic, and from it to the browsers, by API Gateway; and what API Gateway
says of a connection that is being made."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.rules.bells.connections import Bell, Side
from chalicelib.services.ports.bells.bells import Heard
from chalicelib.telemetry import count, logger

# Chalice's event needs a subject and attributes; the embedded AWS leaves out what is empty.
_NAMED = {"Subject": "bell", "MessageAttributes": {"kind": {"DataType": "String", "StringValue": "bell"}}}


class BellTopic:
    """Implements services.ports.bells.bells.Ringing. `client` returns the boto3 client, made at its first use. Without
    a topic nobody has a connection, and nothing is passed on."""

    def __init__(self, client: Callable[[], Any], topic: str) -> None:
        self._client = client
        self._topic = topic

    def pass_on(self, bell: Bell) -> None:
        if not self._topic:
            return
        try:
            self._client().publish(TopicArn=self._topic, Message=written(bell), **_NAMED)
        except (ClientError, BotoCoreError) as error:
            count("BellsNotPassedOn")
            logger.warning("a bell could not be passed on", extra={"ref": bell.ref, "reason": type(error).__name__})


class Sockets:
    """Implements services.ports.bells.bells.Sockets. `client` returns the boto3 client for the API's own address."""

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def post(self, id: str, sound: bytes) -> Heard:
        client = self._client()
        try:
            client.post_to_connection(ConnectionId=id, Data=sound)
        except client.exceptions.GoneException:
            return Heard.GONE
        except (ClientError, BotoCoreError) as error:
            logger.warning("a connection could not be rung", extra={"reason": type(error).__name__})
            return Heard.FAILED
        return Heard.SENT


def written(bell: Bell) -> str:
    """The topic's message, which `read` reads."""
    return json.dumps({"ref": bell.ref, "typing": bell.typing, "waits": bell.waits})


def read(message: str) -> Bell:
    told = json.loads(message)
    return Bell(told["ref"], Side(told["typing"]) if told["typing"] else None, bool(told.get("waits")))


def knocking(event: Mapping[str, Any]) -> tuple[str, str, str]:
    """Of a connection that is being made: its id, the token of its pass, and the origin of its page."""
    asked, headers = event.get("queryStringParameters") or {}, event.get("headers") or {}
    origin = next((value for name, value in headers.items() if name.lower() == "origin"), "")
    return str(event["requestContext"]["connectionId"]), str(asked.get("t", "")), str(origin)
