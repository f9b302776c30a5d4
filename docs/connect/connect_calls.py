"""A Lambda function for Amazon Connect: tells Aftercare of a caller who hung up in a queue, or for how long one waited
whom an agent answered. Standard library and boto3.

Its rule of EventBridge:
{"source": ["aws.connect"], "detail-type": ["Amazon Connect Contact Event"],
 "detail": {"eventType": ["DISCONNECTED"], "initiationMethod": ["INBOUND"]}}
Its environment: AFTERCARE_URL (https://care.example.com/in/northlight/own) and AFTERCARE_SECRET (whsec_…). It may do
connect:DescribeContact on the instance's contacts, because the event itself has no number.
"""

import base64
import hmac
import json
import os
import time
import urllib.request
from datetime import UTC, datetime
from typing import Any

import boto3


def handler(event: dict[str, Any], context: Any) -> str:
    """What was done. An exception has EventBridge try again; the same call is one event for Aftercare."""
    detail = event["detail"]
    instance = detail["instanceArn"].rpartition("/")[2]
    found = boto3.client("connect").describe_contact(InstanceId=instance, ContactId=detail["contactId"])["Contact"]
    told = call(found)
    if told is None:
        return "no call in a queue"
    send(os.environ["AFTERCARE_URL"], os.environ["AFTERCARE_SECRET"], json.dumps(told).encode(), found["Id"])
    return "told"


def call(contact: dict[str, Any]) -> dict[str, Any] | None:
    """The event of Aftercare. Of an answered call it has no number: Aftercare only counts it."""
    if contact["Channel"] != "VOICE" or "QueueInfo" not in contact:
        return None
    if "AgentInfo" in contact:
        answered = contact["AgentInfo"]["ConnectedToAgentTimestamp"]
        waited = (answered - contact["QueueInfo"]["EnqueueTimestamp"]).total_seconds()
        data: dict[str, Any] = {"id": contact["Id"], "waited": max(round(waited), 0)}
        return {"type": "call.answered", "timestamp": written(answered), "data": data}
    data = {"id": contact["Id"], "from": contact.get("CustomerEndpoint", {}).get("Address", "")}
    return {"type": "call.missed", "timestamp": written(contact["DisconnectTimestamp"]), "data": data}


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def send(url: str, secret: str, body: bytes, id: str) -> None:
    """Post the event, signed as Standard Webhooks are. Raises OSError if it was not kept."""
    moment = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    signature = base64.b64encode(hmac.digest(key, f"{id}.{moment}.".encode() + body, "sha256")).decode()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
    }
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
        answer.read()
