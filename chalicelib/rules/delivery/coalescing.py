"""Promises of many tickets that fall due together are told an agent in one mail, not in one for each.

The first message of a run that tells an agent something keeps its mail back, and those of the other tickets ride with
it: the very change that takes such a ticket's step notes it on that mail (`carries`) and on its own delivery
(`carried_by`). So a step is taken if and only if its mail is owed, and a mail that a sender has taken on takes on no
more. What rides stays owed until the mail that tells it has gone out; where there is none that does, it goes by itself
(decision 106).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.rules.delivery.sending import OutboxItem, with_outbox
from chalicelib.rules.tickets import outbox as boxes
from chalicelib.rules.tickets.messages import Event, Message
from chalicelib.rules.tickets.outbox import (
    GATHERING,
    TOLD_AFTER,
    Delivery,
    DeliveryStatus,
    Outbox,
    Purpose,
    Stage,
    StepRef,
)
from chalicelib.rules.tickets.ticket import Change, evolve

LIMIT = 200
"""So many tickets one mail tells of; the next begins another."""


def recipients(change: Change) -> tuple[str, ...]:
    """Whom the change tells of promises' steps."""
    return tuple(dict.fromkeys(mail.to for message in change.messages for mail in _steps(message)))


def taking_on(message: Message) -> tuple[Delivery, ...]:
    """The mails of a message that take on more: kept back, and not full."""
    if message.outbox is None or message.outbox.stage not in (Stage.HELD, Stage.QUEUED):
        return ()
    return tuple(mail for mail in _steps(message) if mail.carried_by is None and len(mail.carries) < LIMIT - 1)


def joined(change: Change, kept_back: Iterable[Message], now: datetime) -> Change:
    """The change with its steps told by the mails kept back, as far as these take more on; else they begin one each."""
    messages = {message.id: message for message in kept_back}
    carriers = {mail.to: message.id for message in messages.values() for mail in taking_on(message)}
    before = dict(messages)
    for message in change.messages:
        messages[message.id] = message
        for mail in _steps(message):
            carrier = messages.get(carriers.get(mail.to, ""))
            room = next((other for other in taking_on(carrier) if other.to == mail.to), None) if carrier else None
            if carrier and room:
                messages[carrier.id] = _with(carrier, room, replace(room, carries=(*room.carries, _ref(message))))
                by = StepRef(carrier.ref, carrier.id)
                messages[message.id] = _with(messages[message.id], mail, replace(mail, carried_by=by))
            else:
                carriers[mail.to] = message.id
        messages[message.id] = _kept_back(messages[message.id], now)
    own = [messages[message.id] for message in change.messages]
    more = [evolve(messages[id]) for id, message in before.items() if messages[id] != message]
    return replace(change, messages=(*own, *more))


def released(message: Message, now: datetime) -> Change | None:
    """The message's mails sent as they are now; None when they were not kept back."""
    box = boxes.release(message.outbox, now) if message.outbox else None
    return with_outbox(message, box) if box else None


def let_go(item: OutboxItem, delivery: Delivery) -> Change:
    """The mail telling its own step alone: what rode with it finds so, and goes by itself."""
    return with_outbox(item, _instead(item, {delivery: replace(delivery, carries=())}))


def resolved(item: OutboxItem, outcomes: Mapping[Delivery, Delivery | None], now: datetime) -> Change:
    """What rides with others' mails, by what has become of those; None: there is none, and it goes by itself. With
    nothing to send then, the item waits for what is still to be told, if there is any."""
    box = _instead(item, {mail: known or replace(mail, carried_by=None) for mail, known in outcomes.items()})
    return with_outbox(item, box if box.own() else boxes.rest(box, now))


def outcome(delivery: Delivery, carrier: Message | None, of: OutboxItem) -> Delivery | None:
    """What became of a step that rides: as of the mail that tells it, still owed while that is. None: none does."""
    mails = carrier.outbox.deliveries if carrier and carrier.outbox else ()
    mail = next((m for m in mails if m.to == delivery.to and isinstance(of, Message) and _carries(m, of)), None)
    if mail is None:
        return None
    if mail.status is DeliveryStatus.OWED:
        return delivery
    status = mail.status if mail.status is DeliveryStatus.REFUSED else DeliveryStatus.SENT
    return replace(delivery, status=status, at=mail.at, error=mail.error)


def about(message: Message) -> str:
    """Which step of which promise it tells of: "resolve due"; a reminder to a third party is a step of its clock."""
    return f"referral-{message.about} daily" if message.event is Event.REMINDER else message.about


def _instead(item: OutboxItem, instead: Mapping[Delivery, Delivery]) -> Outbox:
    if item.outbox is None:
        raise ValueError("the item owes no mail")
    return item.outbox.instead(instead)


def _steps(message: Message) -> tuple[Delivery, ...]:
    owed = message.outbox.owed() if message.outbox else ()
    return tuple(mail for mail in owed if mail.purpose is Purpose.ESCALATION)


def _carries(mail: Delivery, message: Message) -> bool:
    return any((step.ref, step.message) == (message.ref, message.id) for step in mail.carries)


def _ref(message: Message) -> StepRef:
    return StepRef(message.ref, message.id, about(message))


def _with(message: Message, mail: Delivery, instead: Delivery) -> Message:
    return replace(message, outbox=_instead(message, {mail: instead}))


def _kept_back(message: Message, now: datetime) -> Message:
    """The message whose mails wait for what others of this run have to tell; with none of its own, for theirs."""
    box = message.outbox
    if box is None or not _steps(message):
        return message
    until = GATHERING if box.own() else TOLD_AFTER
    return replace(message, outbox=replace(box, stage=Stage.HELD, wake_at=now + until))
