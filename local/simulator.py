"""SES's mailbox simulator: mail to its addresses bounces or is complained of, as SES's events then tell.
Addresses and event shapes: Amazon SES Developer Guide, "Using the mailbox simulator" and "Event data format"."""

import json
from collections.abc import Callable
from typing import Any

DOMAIN = "simulator.amazonses.com"


def events(ses_id: str, sender: str, recipients: list[str]) -> list[dict[str, Any]]:
    """The events SES would publish about a mail: one for each recipient that is one of the simulator's."""
    mail = {"messageId": ses_id, "source": sender, "destination": recipients}
    simulated = {"bounce": _bounce, "complaint": _complaint}
    found = []
    for recipient in recipients:
        local, _, domain = recipient.lower().partition("@")
        if domain == DOMAIN and (event := simulated.get(local.partition("+")[0])):
            found.append(event(recipient) | {"mail": mail})
    return found


def publishing(sns: Any, topic: str) -> Callable[[str, str, list[str]], None]:
    """Publishes a mail's events to the topic that the configuration set names."""

    def publish(ses_id: str, sender: str, recipients: list[str]) -> None:
        for event in events(ses_id, sender, recipients):
            # Chalice reads the notification's subject, which SES leaves out and SNS then gives as null.
            sns.publish(TopicArn=topic, Subject="Amazon SES Email Event Notification", Message=json.dumps(event))

    return publish


def _bounce(recipient: str) -> dict[str, Any]:
    refused = {"emailAddress": recipient, "action": "failed", "status": "5.1.1"}
    refused["diagnosticCode"] = "smtp; 550 5.1.1 user unknown"
    return {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [refused]}}


def _complaint(recipient: str) -> dict[str, Any]:
    complained = {"complainedRecipients": [{"emailAddress": recipient}], "complaintFeedbackType": "abuse"}
    return {"eventType": "Complaint", "complaint": complained}
