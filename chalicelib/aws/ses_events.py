"""What SES's delivery events say of a mail."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.tickets.messages import of_tag
from chalicelib.services.ports.mails import SendConfirmation
from chalicelib.services.ports.tickets import ItemRef

# The account's suppression list, and SES's own list of addresses that bounced for any sender: in both cases the mail
# was never sent.
_SUPPRESSED = ("OnAccountSuppressionList", "Suppressed")


def proof(message: Mapping[str, Any]) -> SendConfirmation | None:
    """SES returns our tags as lists, together with its own."""
    mail = message.get("mail", {})
    tags = mail.get("tags", {})
    if "ref" not in tags:
        return None
    due = ItemRef(tags["ref"][0], of_tag(tags["message"][0]) if "message" in tags else None)
    return SendConfirmation(due, tags["purpose"][0], mail["destination"][0], mail["messageId"])


def report(message: Mapping[str, Any]) -> Report | None:
    match message.get("eventType") or message.get("notificationType"):
        case "Bounce":
            bounce = message["bounce"]
            # A transient bounce is not a delay: SES has tried for hours and given up. A mail that still waits is a
            # DeliveryDelay.
            delivery_event = DeliveryEvent.BOUNCED if bounce.get("bounceType") == "Permanent" else DeliveryEvent.FAILED
            delivery_event = DeliveryEvent.SUPPRESSED if bounce.get("bounceSubType") in _SUPPRESSED else delivery_event
            return _about(delivery_event, bounce.get("bouncedRecipients", ()), bounce.get("bounceSubType", ""))
        case "DeliveryDelay":
            delay = message["deliveryDelay"]
            return _about(DeliveryEvent.DELAYED, delay.get("delayedRecipients", ()), delay.get("delayType", ""))
        case "Complaint":
            complaint = message["complaint"]
            kind = complaint.get("complaintFeedbackType") or ""
            # The complaint was about an earlier mail, not about this one.
            suppressed = complaint.get("complaintSubType") in _SUPPRESSED
            delivery_event = DeliveryEvent.SUPPRESSED if suppressed else DeliveryEvent.COMPLAINED
            return _about(delivery_event, complaint.get("complainedRecipients", ()), kind)
        case "Reject":
            recipients = [{"emailAddress": address} for address in message["mail"].get("destination", ())]
            return _about(DeliveryEvent.BOUNCED, recipients, message.get("reject", {}).get("reason", ""))
        case _:
            return None


def _about(delivery_event: DeliveryEvent, recipients: Sequence[Mapping[str, str]], otherwise: str) -> Report:
    first = recipients[0] if recipients else {}
    addresses = tuple(recipient["emailAddress"] for recipient in recipients)
    return Report(delivery_event, addresses, first.get("status"), first.get("diagnosticCode") or otherwise)
