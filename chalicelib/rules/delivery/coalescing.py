"""Reports promises of many tickets that fall due together in one mail per agent, not one mail per ticket.

The first message of a due-work run for an agent holds its mail back. That mail carries the steps of the other tickets.
The change that takes such a ticket's step also records it on that mail (`carries`) and on its own delivery
(`carried_by`). So a step is taken if and only if its mail is owed, and a mail that a sender has claimed carries no
further steps. A carried step stays owed until the mail that carries it has been sent; if there is no such mail any
more, the step gets a mail of its own (decision 106).
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
"""The maximum of tickets in one mail; after that another begins."""


def recipients(change: Change) -> tuple[str, ...]:
    """The addresses of agents that this change notifies of promises' steps."""
    return tuple(dict.fromkeys(mail.to for message in change.messages for mail in _steps(message)))


def taking_on(message: Message) -> tuple[Delivery, ...]:
    """The mails of a message that can carry more steps: held back, and not full."""
    if message.outbox is None or message.outbox.stage not in (Stage.HELD, Stage.QUEUED):
        return ()
    return tuple(mail for mail in _steps(message) if mail.carried_by is None and len(mail.carries) < LIMIT - 1)


def joined(change: Change, kept_back: Iterable[Message], now: datetime) -> Change:
    """The change with its steps carried by the mails held back, if these have room; otherwise a step starts a mail of
    its own."""
    messages = {message.id: message for message in kept_back}
    taking = ((mail, message.id) for message in messages.values() for mail in taking_on(message))
    carriers = {to: id for mail, id in taking for to in (mail.to, *mail.stands_for)}
    before = dict(messages)
    for message in change.messages:
        messages[message.id] = message
        for mail in _steps(message):
            carrier = messages.get(carriers.get(mail.to, ""))
            room = next((other for other in taking_on(carrier) if other.meant_for(mail.to)), None) if carrier else None
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


def made_due(message: Message, now: datetime) -> Change | None:
    """The message with its held-back mails due for sending; None if they were not held back."""
    box = boxes.make_due(message.outbox, now) if message.outbox else None
    return with_outbox(message, box) if box else None


def let_go(item: OutboxItem, delivery: Delivery) -> Change:
    """The mail without the other tickets' steps. At its next check each of these gets a mail of its own."""
    return with_outbox(item, _instead(item, {delivery: replace(delivery, carries=())}))


def resolved(item: OutboxItem, outcomes: Mapping[Delivery, Delivery | None], now: datetime) -> Change:
    """The item with its carried steps settled as the mails that carried them were. A step that no mail carries (outcome
    None) gets a mail of its own. An item that has no mail of its own waits for its other steps."""
    box = _instead(item, {mail: known or replace(mail, carried_by=None) for mail, known in outcomes.items()})
    return with_outbox(item, box if box.own() else boxes.rest(box, now))


def outcome(delivery: Delivery, carrier: Message | None, of: OutboxItem) -> Delivery | None:
    """The outcome of a carried step: that of the mail that carries it; owed as long as that mail is. None: no mail
    carries it."""
    mails = carrier.outbox.deliveries if carrier and carrier.outbox else ()
    mail = next((m for m in mails if m.meant_for(delivery.to) and isinstance(of, Message) and _carries(m, of)), None)
    if mail is None:
        return None
    if mail.status is DeliveryStatus.OWED:
        return delivery
    status = mail.status if mail.status is DeliveryStatus.REFUSED else DeliveryStatus.SENT
    return replace(delivery, status=status, at=mail.at, error=mail.error, unsent=mail.unsent)


def about(message: Message) -> str:
    """The promise and step the message reports: "resolve due". A reminder to a third party is a step of the referral's
    clock."""
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
    """The message with its mails held back until the run has gathered its steps; if all its steps are carried, until
    the carrying mails should have been sent."""
    box = message.outbox
    if box is None or not _steps(message):
        return message
    until = GATHERING if box.own() else TOLD_AFTER
    return replace(message, outbox=replace(box, stage=Stage.HELD, wake_at=now + until))
