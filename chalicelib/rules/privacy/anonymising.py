"""A ticket without one person who took part in it: what they said goes, what others said stays but for their address,
and the ticket goes on.

Its log stays as it is: it never named anybody but agents, since addresses are left out of it when it is written
(decisions 53 and 57).
"""

import re
from collections.abc import Collection
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.privacy import participants
from chalicelib.rules.privacy.address_matching import holds_any, readings
from chalicelib.rules.tickets.messages import NOBODY, Message, wrote
from chalicelib.rules.tickets.outbox import Audience, Delivery, DeliveryStatus, Outbox
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import LogEntry, Ticket, evolve

ERASED = "erased"
"""What stands where their address stood; no mail can be sent to it."""
_LOG = frozenset({"log"})
_ANY_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]{1,200}\"?(?:@|%(?:25)*40)[^\s<>()\[\],;:\"]*")
_Record = TypeVar("_Record", Ticket, Message)


def involved(ticket: Ticket, messages: tuple[Message, ...], address: str) -> bool:
    """Whether anything of theirs is left in it."""
    return any(names(text, address) for item in (ticket, *messages) for text in participants.texts(item, _LOG))


def is_customer(ticket: Ticket, address: str) -> bool:
    return same(ticket.requester.address, address)


def is_theirs(message: Message, address: str) -> bool:
    """Whether they wrote it."""
    return any(same(person.address, address) for person in wrote(message))


def ticket_without(ticket: Ticket, address: str, successor: Ticket | None = None) -> Ticket:
    """The ticket's next version, without them. Where they were its customer, the customer of `successor` is from now
    on, one that has joined it, else nobody; and the links they were sent lead nowhere."""
    theirs, customer = is_theirs(ticket.opening, address), is_customer(ticket, address)
    referrals = tuple(
        replace(asked, name=ERASED, address=ERASED) if same(asked.address, address) else asked
        for asked in ticket.referrals
    )
    after = evolve(
        ticket,
        opening=_said_nothing(ticket.opening) if theirs else ticket.opening,
        requester=NOBODY if customer else ticket.requester,
        link_version=ticket.link_version + customer,
        identity_confirmed_at=None if customer else ticket.identity_confirmed_at,
        subject="" if theirs or customer else ticket.subject,
        order_number=None if theirs or customer else ticket.order_number,
        claim=None if theirs or customer else ticket.claim,
        rating=None if customer else ticket.rating,
        last_message_id=None,
        participants=tuple(each for each in ticket.participants if not same(each, address)),
        referrals=referrals,
        outbox=_unsent(ticket.outbox, address),
    )
    return _unnamed(_handed_over(after, successor) if customer and successor else after, address)


def message_without(message: Message, address: str) -> Message | None:
    """The message's next version, None if it is none of theirs and does not mention them."""
    kept = _said_nothing(message) if is_theirs(message, address) else message
    after = _unnamed(replace(kept, outbox=_unsent(message.outbox, address)), address)
    return evolve(after) if after != message else None


def names(text: str, address: str) -> bool:
    """Whether a text names the address, as itself and not as a part of another."""
    return next(readings(text, address), None) is not None


def masked(text: str, address: str) -> str:
    """The text without the address."""
    kept, over = list[str](), 0
    for begin, end in readings(text, address):
        kept += text[over:begin], f"[{ERASED}]"
        over = end
    return "".join((*kept, text[over:]))


def entry_without(entry: LogEntry, ours: Collection[str]) -> LogEntry:
    """The log's entry without anybody's address but `ours`: it stays when they are gone."""

    def shown(found: re.Match[str]) -> str:
        return found[0] if canonical(found[0].strip(".'")) in ours else "[…@…]"

    return replace(entry, detail=_ANY_ADDRESS.sub(shown, entry.detail)) if holds_any(entry.detail) else entry


def _handed_over(ticket: Ticket, successor: Ticket) -> Ticket:
    """The ticket as that of another customer, whose own has joined it."""
    customer = successor.requester
    return replace(
        ticket,
        requester=customer,
        participants=tuple(each for each in ticket.participants if not same(each, customer.address)),
        language=successor.language,
        country=successor.country,
        subject=successor.subject,
        order_number=successor.order_number,
        claim=successor.claim,
        identity_confirmed_at=successor.identity_confirmed_at,
    )


def was_theirs(message: Message) -> bool:
    """Whether it was said by somebody erased, or to them: whoever is the ticket's customer now has no part in it."""
    mails = message.outbox.deliveries if message.outbox else ()
    to_customer = (mail for mail in mails if mail.purpose.audience is Audience.CUSTOMER)
    return Remark.ERASED in message.remarks or any(mail.to == ERASED for mail in to_customer)


def _unnamed(item: _Record, address: str) -> _Record:
    """The record with the address left out of every text in it, however deep."""
    without: _Record = _cleared(item, address)
    return without


def _cleared(value: Any, address: str) -> Any:
    if type(value) is str:
        return masked(value, address)
    if isinstance(value, tuple):
        return type(value)(_cleared(each, address) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in fields(value) if part.name not in _LOG}
        return replace(value, **{name: _cleared(part, address) for name, part in parts.items()})
    return value


def _said_nothing(message: Message) -> Message:
    return replace(
        message,
        person=NOBODY,
        writer=NOBODY,
        text="",
        text_key=None,
        files=(),
        raw_key=None,
        named=(),
        message_id=None,
        fingerprint="",
        remarks=(*message.remarks, Remark.ERASED),
    )


def _unsent(outbox: Outbox | None, address: str) -> Outbox | None:
    """The mails as they were, but for whom those to them went to, and what was said of that."""
    if outbox is None:
        return None
    return outbox.instead({mail: _to_nobody(mail, address) for mail in outbox.deliveries})


def _to_nobody(mail: Delivery, address: str) -> Delivery:
    if not same(mail.to, address):
        return mail
    status = DeliveryStatus.REFUSED if mail.status is DeliveryStatus.OWED else mail.status
    return replace(mail, to=ERASED, status=status, error=None)
