"""The shapes AWS events come in, taken apart: SES's notices inside SNS inside SQS, and the table's stream."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.aws.table.items import read_message, read_ticket
from chalicelib.errors import ComposeFailed, NotSent, OutOfTime, StillOwed, UnknownTicket
from chalicelib.rules.delivery.bouncing import DeliveryEvent, Report
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.services.ports.mails import MailReceived, SendConfirmation
from chalicelib.services.ports.search import IndexedItem
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.telemetry import count, logger

# The account's list, and SES's own of what bounced for anybody: in both cases the mail was never sent.
_SUPPRESSED = ("OnAccountSuppressionList", "Suppressed")
_CHECKS = ("spam", "virus", "spf", "dkim", "dmarc")
# The mail client's limits (clients.py) and the two writes around them; an item owes few mails.
ONE_MAIL_MILLIS = 20_000
# A mail of 40 MB is fetched, read and kept in half of it.
ONE_RECEIVED_MILLIS = 8_000


def each_mail(
    event: Mapping[str, Any], receive: Callable[[MailReceived], str], time_left: Callable[[], bool] = lambda: True
) -> dict[str, Any]:
    """Receive every mail a batch of queue messages tells of; those that fail, or for which there is no time left, are
    reported, and come again alone."""

    def handle(record: Mapping[str, Any]) -> None:
        if not time_left():
            raise OutOfTime("a mail is left for the next run")
        received = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
        for notice in notices(record["body"], received):
            count(f"Mail{receive(notice).title()}")

    return _each(event, handle)


def each_event(
    event: Mapping[str, Any], prove: Callable[[SendConfirmation], None], note: Callable[[str, Report], str | None]
) -> dict[str, Any]:
    """Note every mail that SES's events prove sent, and every bounce and complaint, by SES's id of the mail. Any event
    proves it: a bounce can be here before the mail's sender has noted that the mail is gone."""

    def handle(record: Mapping[str, Any]) -> None:
        message = _unwrapped(record["body"])
        if proof := _proof(message):
            prove(proof)
        if report := _report(message):
            note(message["mail"]["messageId"], report)
            count(f"Mail{report.delivery_event.title()}")

    return _each(event, handle)


def _each(event: Mapping[str, Any], handle: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    # A tenth of a second to import, which the other functions need not spend.
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    with processor([dict(record) for record in event["Records"]], handle):
        processor.process()
    for failure in processor.exceptions:
        logger.error("a queue's message could not be dealt with", exc_info=failure[1])
    return dict(processor.response())


def notices(body: str, received: int = 1) -> list[MailReceived]:
    """The notices in a queue message's body: SES's notification wrapped by SNS, or bare when reconcile put the mail
    back. SES also says hello once, when a receipt rule is made; that holds no mail."""
    message = _unwrapped(body)
    if message.get("notificationType") != "Received":
        return []
    receipt = message["receipt"]
    said = {check: receipt.get(f"{check}Verdict", {}).get("status") for check in _CHECKS}
    failed, passed = (frozenset(check for check in _CHECKS if said[check] == word) for word in ("FAIL", "PASS"))
    return [
        MailReceived(
            receipt["action"]["objectKey"],
            tuple(receipt["recipients"]),
            failed,
            passed=passed,
            received=received,
            sender=str(message.get("mail", {}).get("source") or ""),
            policy=str(receipt.get("dmarcPolicy") or "").lower(),
        )
    ]


def _proof(message: Mapping[str, Any]) -> SendConfirmation | None:
    """Our tags come back as lists, beside SES's own."""
    mail = message.get("mail", {})
    tags = mail.get("tags", {})
    if "ref" not in tags:
        return None
    due = ItemRef(tags["ref"][0], tags["message"][0] if "message" in tags else None)
    return SendConfirmation(due, tags["purpose"][0], mail["destination"][0], mail["messageId"])


def _report(message: Mapping[str, Any]) -> Report | None:
    match message.get("eventType") or message.get("notificationType"):
        case "Bounce":
            bounce = message["bounce"]
            # A transient one is no delay: SES has tried for hours and gives up. What only waits is a DeliveryDelay.
            delivery_event = DeliveryEvent.BOUNCED if bounce.get("bounceType") == "Permanent" else DeliveryEvent.FAILED
            delivery_event = DeliveryEvent.SUPPRESSED if bounce.get("bounceSubType") in _SUPPRESSED else delivery_event
            return _about(delivery_event, bounce.get("bouncedRecipients", ()), bounce.get("bounceSubType", ""))
        case "DeliveryDelay":
            delay = message["deliveryDelay"]
            return _about(DeliveryEvent.DELAYED, delay.get("delayedRecipients", ()), delay.get("delayType", ""))
        case "Complaint":
            complaint = message["complaint"]
            kind = complaint.get("complaintFeedbackType") or ""
            # Nobody complained of this mail, but of one before.
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


def _unwrapped(body: str) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(body)
    wrapped = message.get("Message")
    return json.loads(wrapped) if isinstance(wrapped, str) else message


def time_left(context: Any, enough: int = ONE_MAIL_MILLIS) -> bool:
    """Whether a function has the time to hand over, or receive, one more mail, however slowly others answer."""
    remaining: int = context.get_remaining_time_in_millis()
    return remaining > enough


def each_owing(
    event: Mapping[str, Any], send: Callable[[ItemRef, OutboxItem], bool], time_left: Callable[[], bool] = lambda: True
) -> None:
    """Send what every item of a stream batch owes, as long as there is time.

    Raises StillOwed after the whole batch when anything is still to be sent, so that the stream
    brings the batch again: what has been sent by then is not sent again.
    """
    images = (record["dynamodb"].get("NewImage") for record in event["Records"])
    left = [image for image in images if not (time_left() and _settled(image, send))]
    if left:
        raise StillOwed(f"mails are still owed by {len(left)} items")


def each_said(event: Mapping[str, Any], note: Callable[[IndexedItem], None]) -> None:
    """Note what every record of a stream batch says: a new ticket, a new message, or that something was corrected on
    the ticket of a reference. What can't be noted raises, and the stream brings it again."""
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        sk = image["sk"]["S"]
        if sk == "TICKET":
            note(read_ticket(image))
        elif sk.startswith("MSG#"):
            note(read_message(image))
        else:
            note(image["pk"]["S"].removeprefix("TICKET#"))


def _settled(image: Mapping[str, Any] | None, send: Callable[[ItemRef, OutboxItem], bool]) -> bool:
    """Whether the stream need not bring this item again."""
    if not image:
        return True
    try:
        item, due = _owing(image)
        done = send(due, item)
    except UnknownTicket:
        return True  # it was erased with its words, which agents had not been told yet
    except ComposeFailed:
        return True  # it waits on the due-work index for a mended program, and must not hold up the others
    except NotSent as error:
        logger.warning("a mail could not be handed over", extra={"pk": image["pk"]["S"], "reason": str(error)[:80]})
        return False
    except Exception:
        logger.exception("sending failed", extra={"pk": image["pk"]["S"]})
        return False
    if done:
        count("OutboxSettled")
    return done


def _owing(image: Mapping[str, Any]) -> tuple[OutboxItem, ItemRef]:
    if image["sk"]["S"] == "TICKET":
        ticket = read_ticket(image)
        return ticket, ItemRef(ticket.ref, None)
    message = read_message(image)
    return message, ItemRef(message.ref, message.id)
