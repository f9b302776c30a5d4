"""SES's mailbox simulator: mail to its addresses bounces or is complained about, as SES's events report.
Addresses and event shapes: Amazon SES Developer Guide, "Using the mailbox simulator" and "Event data format"."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local import console

DOMAIN = "simulator.amazonses.com"
# SES takes a second or more. By then the sender has recorded the mail, unless it crashed.
DELAY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that SES accepted: its id, sender, recipients and tags."""

    id: str
    sender: str
    recipients: list[str]
    tags: dict[str, str]


def events(sent: Sent) -> list[dict[str, Any]]:
    """The events that SES would publish about a mail: one for the sending, one for each simulator recipient."""
    tags = {name: [value] for name, value in sent.tags.items()}
    mail = {"messageId": sent.id, "source": sent.sender, "destination": sent.recipients, "tags": tags}
    simulated = {"bounce": _bounce, "complaint": _complaint, "suppressionlist": _suppressed}
    found: list[dict[str, Any]] = [{"eventType": "Send", "send": {}, "mail": mail}]
    for recipient in sent.recipients:
        local, _, domain = recipient.lower().partition("@")
        if domain == DOMAIN and (event := simulated.get(local.partition("+")[0])):
            found.append(event(recipient) | {"mail": mail})
    return found


def publishing(sns: Any, topic: str) -> Callable[[Sent], None]:
    """A function that publishes a mail's events to the configuration set's topic, after a moment as SES does."""

    def publish(sent: Sent) -> None:
        try:
            for event in events(sent):
                # Chalice reads the notification's subject; SES sets none, and SNS then passes null.
                sns.publish(TopicArn=topic, Subject="Amazon SES Email Event Notification", Message=json.dumps(event))
        except (BotoCoreError, ClientError) as error:
            console.event("ses", f"what became of a mail could not be told ({type(error).__name__})")

    def later(sent: Sent) -> None:
        timer = threading.Timer(DELAY_SECONDS, publish, (sent,))
        timer.daemon = True
        timer.start()

    return later


def _bounce(recipient: str) -> dict[str, Any]:
    refused = {"emailAddress": recipient, "action": "failed", "status": "5.1.1"}
    refused["diagnosticCode"] = "smtp; 550 5.1.1 user unknown"
    return {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [refused]}}


def _suppressed(recipient: str) -> dict[str, Any]:
    listed = {"emailAddress": recipient, "action": "failed", "status": "5.1.1"}
    listed["diagnosticCode"] = "Amazon SES did not send the message to this address: it is on the suppression list"
    kinds = {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}
    return {"eventType": "Bounce", "bounce": kinds | {"bouncedRecipients": [listed]}}


def _complaint(recipient: str) -> dict[str, Any]:
    complained = {"complainedRecipients": [{"emailAddress": recipient}], "complaintFeedbackType": "abuse"}
    return {"eventType": "Complaint", "complaint": complained}
