"""What handing mails over does to the ticket or message that owes them. `claim` is the number of the sender's claim."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.rules.tickets import outbox as boxes
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Outbox, Purpose
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, LogEntry, Message, SentId, Ticket, evolve

OutboxItem = Ticket | Message


def claim(item: OutboxItem, now: datetime) -> Change | None:
    """The claim of everything the item owes, or None when nothing is owed or somebody alive is at it."""
    box = item.outbox
    if box is None or not boxes.claimable(box, now):
        return None
    return with_outbox(item, boxes.claim(box, now))


def sent(item: OutboxItem, claim: int, delivery: Delivery, ses_id: str, now: datetime) -> Change:
    """The mail service took the mail. An acknowledgement that went out meets its promise."""
    outcome = replace(delivery, status=DeliveryStatus.SENT, ses_id=ses_id, at=now)
    change = with_outbox(item, boxes.settle(_held(item), claim, delivery, outcome, now))
    if _held(item).shortened:
        change = replace(change, log=(LogEntry(now, AFTERCARE, Action.SENT_IN_SHORT_FORM, delivery.purpose),))
    if change.ticket and delivery.purpose is Purpose.ACKNOWLEDGEMENT:
        clocks = change.ticket.clocks.meet(ACKNOWLEDGE, at=now)
        change = replace(change, ticket=replace(change.ticket, clocks=clocks))
    return replace(change, sent=(SentId(ses_id, item.ref, now, None if isinstance(item, Ticket) else item.id),))


def proven(item: OutboxItem, purpose: str, to: str, ses_id: str, now: datetime) -> Change | None:
    """The mail service tells of a mail it took while whoever sent it died before noting so. None when it is noted."""
    box = item.outbox
    mail = next((d for d in box.own() if (d.purpose, d.to) == (purpose, to)), None) if box else None
    return sent(item, box.attempts, mail, ses_id, now) if box and mail else None


def refused(
    item: OutboxItem, claim: int, delivery: Delivery, reason: str, now: datetime, warning: Iterable[Delivery] = ()
) -> Change:
    """The mail service will never take this mail: it is no longer owed, the log says why, and the mails that tell
    agents so are. Of a referral that was never sent the customer is not told."""
    outcome = replace(delivery, status=DeliveryStatus.REFUSED, at=now, error=reason[:200])
    # What follows the mail service's code may name addresses.
    code = reason.partition(":")[0][:80]
    entry = LogEntry(now, AFTERCARE, Action.NOT_SENT, f"{delivery.purpose}: {code}")
    box = _held(item)
    if delivery in box.owed():  # noted by another sender, agents know
        box = boxes.add(box.without(Purpose.REFERRED) if delivery.purpose is Purpose.REFERRAL else box, warning, now)
    return replace(with_outbox(item, boxes.settle(box, claim, delivery, outcome, now)), log=(entry,))


def defer(item: OutboxItem, claim: int, now: datetime) -> Change:
    """The mail service would not take a mail now: released, to be tried again."""
    return with_outbox(item, boxes.defer(_held(item), claim, now))


def unanswered(item: OutboxItem, claim: int) -> Change:
    """The mail service did not say whether it took a mail: the claim runs on, and its holder is known to live."""
    return with_outbox(item, boxes.heard_of(_held(item), claim))


def with_outbox(item: OutboxItem, box: Outbox) -> Change:
    """The change that gives an item this outbox."""
    if isinstance(item, Ticket):
        return Change(evolve(item, outbox=box))
    return Change(messages=(evolve(item, outbox=box),))


def _held(item: OutboxItem) -> Outbox:
    if item.outbox is None:
        raise ValueError("the item owes no mail")
    return item.outbox
