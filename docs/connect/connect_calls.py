"""A Lambda function for Amazon Connect: tells Aftercare of a caller who hung up in a queue, or for how long one waited
whom an agent answered. Standard library and boto3.

Its rule of EventBridge:
{"source": ["aws.connect"], "detail-type": ["Amazon Connect Contact Event"],
 "detail": {"eventType": ["DISCONNECTED"], "initiationMethod": ["INBOUND", "QUEUE_TRANSFER"]}}
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
    detail, client = event["detail"], boto3.client("connect")
    instance = detail["instanceArn"].rpartition("/")[2]

    def described(id: str) -> dict[str, Any]:
        return dict(client.describe_contact(InstanceId=instance, ContactId=id)["Contact"])

    contact = described(detail["contactId"])
    initial = contact.get("InitialContactId", contact["Id"])
    first = contact if initial == contact["Id"] else described(initial)
    told = call(contact, first)
    if told is None:
        return "no call in a queue"
    body = json.dumps(told).encode()
    send(os.environ["AFTERCARE_URL"], os.environ["AFTERCARE_SECRET"], body, f"{contact['Id']}/{told['type']}")
    return "told"


def call(contact: dict[str, Any], first: dict[str, Any]) -> dict[str, Any] | None:
    """The event of Aftercare. Each transfer to another queue makes a further contact; `first` is what they began with,
    whose id is the call's. Of an answered call there is no number: Aftercare only counts it."""
    if contact["Channel"] != "VOICE" or "QueueInfo" not in contact:
        return None
    answered = contact.get("AgentInfo", {}).get("ConnectedToAgentTimestamp")
    ended = answered or contact["DisconnectTimestamp"]
    queued = first.get("QueueInfo", contact["QueueInfo"]).get("EnqueueTimestamp")
    data = {"id": first["Id"]} | ({"waited": max(round((ended - queued).total_seconds()), 0)} if queued else {})
    if answered:
        return {"type": "call.answered", "timestamp": written(answered), "data": data} if queued else None
    if contact.get("NextContacts"):
        return None  # it waits in another queue now
    caller = contact.get("CustomerEndpoint", {}).get("Address", "")
    return {"type": "call.missed", "timestamp": written(ended), "data": data | {"from": caller}}


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
