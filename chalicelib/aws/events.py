"""Parses AWS events: SES's notifications within SNS within SQS, and the table's stream."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.aws.table.order_items import read_order
from chalicelib.aws.table.ticket_items import read_message, read_ticket
from chalicelib.errors import ComposeFailed, NotSent, NotYetKnown, OutOfTime, StillOwed, UnknownOrder, UnknownTicket
from chalicelib.rules.delivery.sending import OutboxItem
from chalicelib.rules.learning.counted import COUNTED
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import LINE
from chalicelib.services.ports.events.hooks import HookReceived
from chalicelib.services.ports.mails import MailReceived, SendConfirmation
from chalicelib.services.ports.search import IndexedItem
from chalicelib.services.ports.tickets import ItemRef
from chalicelib.telemetry import correlated, count, logger, of_raw_mail

if TYPE_CHECKING:
    from chalicelib.rules.delivery.bouncing import Report

_CHECKS = ("spam", "virus", "spf", "dkim", "dmarc")
# The mail client's limits (clients.py) and the two writes around them; an item owes only a few mails.
ONE_MAIL_MILLIS = 20_000
# A mail of 40 MB is fetched, parsed and stored in half of this time.
ONE_RECEIVED_MILLIS = 8_000
# A shop's system has five seconds to answer; a few reads and writes around it.
ONE_TOLD_MILLIS = 15_000
# A body of 1 MB, a few reads and writes, and a text message with its client's limits (clients.py).
ONE_HOOK_MILLIS = 15_000
_ACTIONS = frozenset(Action)


def each_mail(
    event: Mapping[str, Any], receive: Callable[[MailReceived], str], time_left: Callable[[], bool] = lambda: True
) -> dict[str, Any]:
    """Receive every mail that a batch of queue messages is about. Those that fail, or for which no time is left, are
    reported as failed, so that only they are delivered again."""

    def handle(record: Mapping[str, Any]) -> None:
        if not time_left():
            raise OutOfTime("a mail is left for the next run")
        for notice in notices(record["body"], _received(record)):
            with correlated(of_raw_mail(notice.key)):
                count(f"Mail{receive(notice).title()}")

    return _each(event, handle)


def each_hook(
    event: Mapping[str, Any],
    receive: Callable[[HookReceived], str],
    time_left: Callable[[], bool] = lambda: True,
    keep: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """Receive every event of a shop's system that a batch of queue messages is about. Those that came least often are
    first, so that one that ends its runs does not keep the others. `keep` stores what a topic published, which nobody
    has stored before, and returns its key."""

    def handle(record: Mapping[str, Any]) -> None:
        if not time_left():
            raise OutOfTime("an event is left for the next run")
        told = json.loads(record["body"])
        key = keep(str(told["Message"])) if keep and "Message" in told else str(told["key"])
        with correlated(of_raw_mail(key)):
            outcome = receive(HookReceived(key, _received(record)))
            count(f"Event{outcome.title().replace('_', '')}")

    return _each({"Records": sorted(event["Records"], key=_received)}, handle)


def _received(record: Mapping[str, Any]) -> int:
    """How often the queue has delivered this message."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))


def each_event(
    event: Mapping[str, Any], prove: Callable[[SendConfirmation], None], note: Callable[[str, "Report"], str | None]
) -> dict[str, Any]:
    """Record every mail that SES's events prove to be sent, and every bounce and complaint, by SES's id of the mail.
    Every event is such a proof: a bounce can arrive before the mail's sender has recorded the sending."""

    from chalicelib.aws import ses_events  # one function reads them

    def record_about(message: Mapping[str, Any]) -> None:
        if proof := ses_events.proof(message):
            prove(proof)
        if report := ses_events.report(message):
            ref = note(message["mail"]["messageId"], report)
            logger.info("a mail was reported on", extra={"ref": ref, "report": report.delivery_event})
            count(f"Mail{report.delivery_event.title()}")

    def handle(record: Mapping[str, Any]) -> None:
        message = _unwrapped(record["body"])
        with correlated(_cause(message)):
            record_about(message)

    return _each(event, handle)


def _each(event: Mapping[str, Any], handle: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """What SQS expects of a batch: the messages that must be delivered again."""
    failed = list[str]()
    for record in event["Records"]:
        try:
            handle(record)
        except NotYetKnown:
            logger.info("an event waits for what it is about")
            failed.append(record["messageId"])
        except Exception:
            logger.exception("a queue's message could not be dealt with")
            failed.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def notices(body: str, received: int = 1) -> list[MailReceived]:
    """The notifications in a queue message's body: SES's notification wrapped by SNS, or unwrapped if the mail
    reconciliation put the mail back. SES also sends a test notification when a receipt rule is made; it has no mail."""
    message = _unwrapped(body)
    if message.get("notificationType") != "Received":
        return []
    receipt = message["receipt"]
    verdicts = {check: receipt.get(f"{check}Verdict", {}).get("status") for check in _CHECKS}
    failed, passed = (frozenset(check for check in _CHECKS if verdicts[check] == word) for word in ("FAIL", "PASS"))
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


def _cause(message: Mapping[str, Any]) -> str:
    """The correlation id that the mail was sent with."""
    found: list[str] = message.get("mail", {}).get("tags", {}).get("cause", [])
    return next(iter(found), "")


def _unwrapped(body: str) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(body)
    wrapped = message.get("Message")
    return json.loads(wrapped) if isinstance(wrapped, str) else message


def time_left(context: Any, enough: int = ONE_MAIL_MILLIS) -> bool:
    """Whether the function has enough time to send, or receive, one more mail, even if other services are slow."""
    remaining: int = context.get_remaining_time_in_millis()
    return remaining > enough


def each_outbox(
    event: Mapping[str, Any],
    send: Callable[[ItemRef, OutboxItem | Order], bool],
    time_left: Callable[[], bool] = lambda: True,
) -> None:
    """Send what every item of a stream batch owes, while there is time.

    Raises StillOwed after the whole batch if anything is left, so that the stream delivers the batch again. Mails
    already sent are not sent again.
    """
    images = (record["dynamodb"].get("NewImage") for record in event["Records"])
    left = [image for image in images if not (time_left() and _settled(image, send))]
    if left:
        raise StillOwed(f"mails are still owed by {len(left)} items")


def each_indexed(
    event: Mapping[str, Any],
    note: Callable[[IndexedItem], None],
    tally: Callable[[str], None] = lambda ref: None,
    ring: Callable[[str], None] = lambda ref: None,
) -> None:
    """Ring for each conversation with something new, because somebody waits for it. Index every record of a stream
    batch: a new ticket, a new message, or the reference of a ticket that was corrected; and count each ticket once
    whose counts may be others now. A failure raises, and the stream delivers the batch again."""
    for ref in dict.fromkeys(filter(None, map(_of_conversation, event["Records"]))):
        ring(ref)
    changed = dict[str, None]()
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        sk, ref = image["sk"]["S"], image["pk"]["S"].removeprefix("TICKET#")
        if sk == "TICKET":
            note(read_ticket(image))
            changed[ref] = None
        elif sk.startswith("MSG#"):
            note(read_message(image))
        else:
            action = image.get("action", {}).get("S", "")
            if action not in _ACTIONS or Action(action).names_people:
                note(ref)
            if action in COUNTED:
                changed[ref] = None
    for ref in changed:
        tally(ref)


def _of_conversation(record: Mapping[str, Any]) -> str:
    """The ticket of a new line, for which somebody may be waiting with its page open; "" for other items."""
    image = record["dynamodb"]["NewImage"]
    is_line = image["sk"]["S"].startswith(f"MSG#{LINE}")
    return str(image["pk"]["S"]).removeprefix("TICKET#") if is_line else ""


def _settled(image: Mapping[str, Any] | None, send: Callable[[ItemRef, OutboxItem | Order], bool]) -> bool:
    """Whether the stream need not deliver this item again."""
    if not image:
        return True
    with correlated(image.get("mails", {}).get("M", {}).get("cause", {}).get("S", "")):
        return _sent_now(image, send)


def _sent_now(image: Mapping[str, Any], send: Callable[[ItemRef, OutboxItem | Order], bool]) -> bool:
    try:
        item, due = _owing(image)
        done = send(due, item)
    except (UnknownTicket, UnknownOrder):
        return True  # it was erased before agents were notified of it
    except ComposeFailed:
        return True  # it waits in the due-work index until the program is fixed, and must not block the others
    except NotSent as error:
        logger.warning("a mail could not be handed over", extra={"pk": image["pk"]["S"], "reason": str(error)[:80]})
        return False
    except Exception:
        logger.exception("sending failed", extra={"pk": image["pk"]["S"]})
        return False
    if done:
        count("OutboxSettled")
    return done


def _owing(image: Mapping[str, Any]) -> tuple[OutboxItem | Order, ItemRef]:
    if image["sk"]["S"] == "ORDER":
        order = read_order(image)
        return order, ItemRef(order.ref, None)
    if image["sk"]["S"] == "TICKET":
        ticket = read_ticket(image)
        return ticket, ItemRef(ticket.ref, None)
    message = read_message(image)
    return message, ItemRef(message.ref, message.id)
