"""Notifies agents of new words on one ticket by at most one mail in five minutes, and leaves out none.

The first words are mailed at once. Words that come soon after wait in a mail of their own until five minutes are over.
That mail carries further words (as in rules.delivery.coalescing): the change that adds them records them on it. So
words are notified if and only if a mail with them is owed, and a mail that a sender has claimed carries no further
words (decision 131).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.rules.tickets.messages import Message
from chalicelib.rules.tickets.outbox import TOLD_AFTER, Delivery, Outbox, Purpose, Stage, StepRef
from chalicelib.rules.tickets.ticket import Change, Ticket, evolve

APART = timedelta(minutes=5)
LIMIT = 50
"""The maximum of further messages in one mail; after that another begins."""
TELLING = (Purpose.NOTIFICATION_REPLY, Purpose.NOTIFICATION_REFERRAL)
# Waiting mails are sent by the due-work run, which comes every five minutes and may be late.
_UNSENT = timedelta(minutes=15)


def may_ride(ticket: Ticket, now: datetime) -> bool:
    """Whether the ticket's last notification is so recent that new words may join it, so that it must be loaded
    first."""
    return ticket.told_at is not None and now < ticket.told_at + APART + _UNSENT


def spaced(change: Change, before: Ticket, latest: Message | None, now: datetime) -> Change:
    """The change with its new words notified at once, later, or by the mail of `latest`: the message with the last such
    mail of the ticket, sent or still owed."""
    ticket, news = change.ticket, next((message for message in change.messages if _notifies(message)), None)
    if ticket is None or news is None or news.outbox is None:
        return change
    if latest and latest.id == news.id:
        return change  # the same message again; the store will notice
    if latest and latest.outbox and _takes_on(latest.outbox, news.outbox):
        waiting = evolve(latest, outbox=_carrying(latest.outbox, news))
        return replace(change, messages=(*_with(change, _riding(news, latest, now)), waiting))
    last = _last(before, latest)
    if last is None or now >= last + APART or not _all_notify(news.outbox):
        return replace(change, ticket=replace(ticket, told_at=now, told_by=news.id))
    at = last + APART
    later = replace(news, outbox=replace(news.outbox, stage=Stage.HELD, wake_at=at))
    return replace(change, ticket=replace(ticket, told_at=at, told_by=news.id), messages=_with(change, later))


def _notifies(message: Message) -> bool:
    return message.outbox is not None and message.outbox.owes(*TELLING)


def _all_notify(box: Outbox) -> bool:
    return all(mail.purpose in TELLING for mail in box.owed())


def _takes_on(waiting: Outbox, news: Outbox) -> bool:
    """Whether the waiting mails, which no sender has claimed, reach all recipients of the new ones."""
    if waiting.stage not in (Stage.HELD, Stage.QUEUED, Stage.RETRY) or not _all_notify(news):
        return False
    return all(_carrier(waiting, mail) for mail in news.owed())


def _carrier(waiting: Outbox, mail: Delivery) -> Delivery | None:
    own = (other for other in waiting.own() if other.purpose in TELLING and other.meant_for(mail.to))
    return next((other for other in own if len(other.carries) < LIMIT), None)


def _carrying(waiting: Outbox, news: Message) -> Outbox:
    carriers = [_carrier(waiting, mail) for mail in news.outbox.owed()] if news.outbox else []
    step = StepRef(news.ref, news.id)
    return waiting.instead({mail: replace(mail, carries=(*mail.carries, step)) for mail in carriers if mail})


def _riding(news: Message, latest: Message, now: datetime) -> Message:
    """The message carried by the other message's mail. If there is no such mail later, it gets its own."""
    if news.outbox is None:
        return news
    by = StepRef(latest.ref, latest.id)
    riding = news.outbox.instead({mail: replace(mail, carried_by=by) for mail in news.outbox.deliveries})
    return replace(news, outbox=replace(riding, stage=Stage.HELD, wake_at=now + TOLD_AFTER))


def _last(before: Ticket, latest: Message | None) -> datetime | None:
    """When agents were notified last, or will be: the due-work run may have been later than planned."""
    mails = latest.outbox.deliveries if latest and latest.outbox else ()
    moments = [before.told_at, *(mail.at for mail in mails if mail.purpose in TELLING)]
    return max((moment for moment in moments if moment), default=None)


def _with(change: Change, news: Message) -> tuple[Message, ...]:
    return tuple(news if message.id == news.id else message for message in change.messages)
