"""What sending a mail changes on the ticket or message that owes it. `claim` is the number of the sender's claim."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.rules.tickets import outbox as boxes
from chalicelib.rules.tickets.clocks import ACKNOWLEDGE
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, details_of
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Outbox, Purpose, Unsent
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, LogEntry, Message, SentId, Ticket, evolve

OutboxItem = Ticket | Message


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that the mail service accepted, under which id and when."""

    delivery: Delivery
    ses_id: str
    at: datetime


def claim(item: OutboxItem, now: datetime) -> Change | None:
    """Claim everything the item owes; None if nothing is owed or another living sender has claimed it."""
    box = item.outbox
    if box is None or not boxes.claimable(box, now):
        return None
    return with_outbox(item, boxes.claim(box, now))


def sent(item: OutboxItem, claim: int, mails: Sequence[Accepted]) -> Change:
    """The mail service accepted the mails. For an acknowledgement, this meets the promise."""
    box, short = _held(item), _held(item).shortened
    for mail in mails:
        outcome = replace(mail.delivery, status=DeliveryStatus.SENT, ses_id=mail.ses_id, at=mail.at)
        box = boxes.settle(box, claim, mail.delivery, outcome, mail.at)
    change = with_outbox(item, box)
    acknowledged = next((mail.at for mail in mails if mail.delivery.purpose is Purpose.ACKNOWLEDGEMENT), None)
    if change.ticket and acknowledged:
        clocks = change.ticket.clocks.meet(ACKNOWLEDGE, at=acknowledged)
        change = replace(change, ticket=replace(change.ticket, clocks=clocks))
    message = None if isinstance(item, Ticket) else item.id
    return replace(
        change,
        log=tuple(_in_short_form(mail) for mail in mails) if short else (),
        sent=tuple(SentId(mail.ses_id, item.ref, mail.at, message) for mail in mails),
    )


def _in_short_form(mail: Accepted) -> LogEntry:
    purpose = details_of(DetailCode.PURPOSE, mail.delivery.purpose)
    return LogEntry(mail.at, AFTERCARE, Action.SENT_IN_SHORT_FORM, purpose)


def proven(item: OutboxItem, purpose: str, to: str, ses_id: str, now: datetime) -> Change | None:
    """Record a sent mail from the mail service's event because its sender died before it could. None if it is recorded
    already."""
    box = item.outbox
    mail = next((d for d in box.own() if (d.purpose, d.to) == (purpose, to)), None) if box else None
    return sent(item, box.attempts, [Accepted(mail, ses_id, now)]) if box and mail else None


def refused(
    item: OutboxItem,
    claim: int,
    delivery: Delivery,
    why: Unsent | str,
    now: datetime,
    warning: Iterable[Delivery] = (),
) -> Change:
    """The mail service will never accept this mail, in the words `why`, or must not get it: it is no longer owed, the
    log says why, and `warning` notifies agents. If a referral was never sent, the customer does not get the mail about
    it."""
    outcome = replace(delivery, status=DeliveryStatus.REFUSED, at=now)
    if isinstance(why, Unsent):
        outcome, reason = replace(outcome, unsent=why), Detail(DetailCode.UNSENT, why)
    else:
        outcome, reason = replace(outcome, error=why[:200]), Detail(DetailCode.ERROR, code_of(why))
    entry = LogEntry(now, AFTERCARE, Action.NOT_SENT, (Detail(DetailCode.PURPOSE, delivery.purpose), reason))
    box = _held(item)
    if delivery in box.owed():  # otherwise another sender has recorded it, and agents know
        box = boxes.add(box.without(Purpose.REFERRED) if delivery.purpose is Purpose.REFERRAL else box, warning, now)
    return replace(with_outbox(item, boxes.settle(box, claim, delivery, outcome, now)), log=(entry,))


def code_of(error: str) -> str:
    """The mail service's code. The text after it may contain addresses."""
    return error.partition(":")[0][:80]


def defer(item: OutboxItem, claim: int, now: datetime) -> Change:
    """The mail service could not accept a mail now: the claim ends, and the mail is tried again later."""
    return with_outbox(item, boxes.defer(_held(item), claim, now))


def unanswered(item: OutboxItem, claim: int) -> Change:
    """The mail service did not say whether it accepted a mail: the claim runs on, and its sender counts as alive."""
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
