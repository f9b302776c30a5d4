"""What sending a mail changes on the order that owes it. `claim` is the number of the sender's claim."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.rules.delivery.bouncing import STATUSES, DeliveryEvent, Report
from chalicelib.rules.delivery.sending import Accepted, code_of
from chalicelib.rules.orders.duties.owing import MOST_LOGGED, RECEIVED, TEAM, noted, task
from chalicelib.rules.orders.duties.promising import CONFIRM, TELL_STOCK
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets import outbox as boxes
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.log import Action, Detail, DetailCode, details_of
from chalicelib.rules.tickets.outbox import Audience, Delivery, DeliveryStatus, Nature, Outbox, Purpose, Unsent
from chalicelib.rules.tickets.ticket import AFTERCARE, LogEntry

UNDELIVERED = "undelivered"
_REPORTED = {
    DeliveryEvent.BOUNCED: Action.MAIL_BOUNCED,
    DeliveryEvent.FAILED: Action.MAIL_FAILED,
    DeliveryEvent.DELAYED: Action.MAIL_DELAYED,
    DeliveryEvent.COMPLAINED: Action.MAIL_COMPLAINED,
    DeliveryEvent.SUPPRESSED: Action.MAIL_SUPPRESSED,
}


def claim(order: Order, now: datetime) -> Order | None:
    """Claim everything the order owes; None if nothing is owed or another living sender has claimed it."""
    box = order.outbox
    return with_outbox(order, boxes.claim(box, now)) if box and boxes.claimable(box, now) else None


def sent(order: Order, claim: int, mails: Sequence[Accepted]) -> Order:
    """The mail service accepted the mails. A confirmation that accepts the order, and word of a line that is out of
    stock, meet their promises; in short form they say nothing of it, so they meet none."""
    box, clocks = _held(order), order.clocks
    short = box.shortened
    for mail in mails:
        outcome = replace(mail.delivery, status=DeliveryStatus.SENT, ses_id=mail.ses_id, at=mail.at)
        box = boxes.settle(box, claim, mail.delivery, outcome, mail.at)
        said = None if short else mail.delivery.purpose
        if said is Purpose.ORDER_CONFIRMED and mail.delivery.about != RECEIVED:
            clocks = clocks.meet(CONFIRM, at=mail.at)
        if said is Purpose.ORDER_OUT_OF_STOCK and not box.owes(Purpose.ORDER_OUT_OF_STOCK):
            clocks = clocks.meet(TELL_STOCK, at=mail.at)
    after = replace(order, clocks=clocks)
    if short:
        entries = (LogEntry(mail.at, AFTERCARE, Action.SENT_IN_SHORT_FORM, _purpose(mail.delivery)) for mail in mails)
        after = replace(after, log=(*after.log, *entries)[-MOST_LOGGED:])
    return with_outbox(after, box)


def _purpose(mail: Delivery) -> tuple[Detail, ...]:
    return details_of(DetailCode.PURPOSE, mail.purpose)


def refused(order: Order, claim: int, delivery: Delivery, why: Unsent | str, context: RuleContext) -> Order:
    """The mail service will never accept this mail, in the words `why`, or must not get it. The shop is told of a mail
    to its customer."""
    outcome = replace(delivery, status=DeliveryStatus.REFUSED, at=context.at)
    if isinstance(why, Unsent):
        outcome, reason = replace(outcome, unsent=why), Detail(DetailCode.UNSENT, why)
    else:
        outcome, reason = replace(outcome, error=why[:200]), Detail(DetailCode.ERROR, code_of(why))
    told = noted(order, context, Action.NOT_SENT, Detail(DetailCode.PURPOSE, delivery.purpose), reason)
    missed = is_missed(delivery, why) and delivery in _held(order).owed()
    told = _warned(told, delivery, context) if missed else told
    return with_outbox(told, boxes.settle(_held(told), claim, delivery, outcome, context.at))


def is_missed(delivery: Delivery, why: Unsent | str) -> bool:
    """Whether anybody misses a mail that is not sent for this reason."""
    return why is not Unsent.OVERTAKEN and delivery.purpose.nature is not Nature.ADVERT


def defer(order: Order, claim: int, now: datetime) -> Order:
    """The mail service could not accept a mail now: the claim ends, and the mail is tried again later."""
    return with_outbox(order, boxes.defer(_held(order), claim, now))


def unanswered(order: Order, claim: int) -> Order:
    """The mail service did not say whether it accepted a mail: the claim runs on, and its sender counts as alive."""
    return with_outbox(order, boxes.heard_of(_held(order), claim))


def reported(order: Order, ses_id: str, report: Report, context: RuleContext) -> Order | None:
    """The order with the new status of its mail; the shop is told, once, of a mail to its customer that will not
    arrive. None if it is not this order's mail, or was recorded before."""
    box = order.outbox
    mail = next((each for each in box.deliveries if each.ses_id == ses_id), None) if box else None
    if box is None or mail is None or mail.status is not DeliveryStatus.SENT:
        return None
    status = details_of(DetailCode.STATUS, report.status) if report.status else ()
    entry = Detail(DetailCode.PURPOSE, mail.purpose), *status
    after = noted(order, context, _REPORTED[report.delivery_event], *entry)
    if report.delivery_event is DeliveryEvent.DELAYED:
        return with_outbox(after, box)
    settled = box.instead({mail: replace(mail, status=STATUSES[report.delivery_event], error=report.said)})
    after = _warned(replace(after, outbox=settled), mail, context)
    return replace(after, version=order.version + 1)


def with_outbox(order: Order, box: Outbox) -> Order:
    return replace(order, outbox=box, version=order.version + 1)


def _warned(order: Order, mail: Delivery, context: RuleContext) -> Order:
    return task(order, UNDELIVERED, TEAM, context) if mail.purpose.audience is Audience.CUSTOMER else order


def _held(order: Order) -> Outbox:
    if order.outbox is None:
        raise ValueError("the order owes no mail")
    return order.outbox
