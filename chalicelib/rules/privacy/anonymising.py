"""Takes one person who took part out of a ticket: their messages are emptied, others' messages stay without the
person's address, and the ticket goes on.

The log stays unchanged. It names only agents, because other addresses are left out when an entry is written (decisions
53 and 57).
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.identity.callers import is_caller
from chalicelib.rules.privacy import number_matching, participants
from chalicelib.rules.privacy.address_matching import holds_any, readings
from chalicelib.rules.tickets.clocks import CALL_BACK, CHAT, CHAT_ANSWER
from chalicelib.rules.tickets.log import Detail
from chalicelib.rules.tickets.messages import NOBODY, Message, wrote
from chalicelib.rules.tickets.outbox import Audience, Delivery, DeliveryStatus, Outbox
from chalicelib.rules.tickets.procedure_facts import ChatEnd, Withdrawal
from chalicelib.rules.tickets.remarks import Remark
from chalicelib.rules.tickets.ticket import LogEntry, Ticket, evolve

ERASED = "erased"
"""Replaces the erased address; no mail can be sent to it."""
_LOG = frozenset({"log"})
_ANY_ADDRESS = pattern(r"[^\s<>()\[\],;:\"]{1,200}\"?(?:@|%(?:25)*40)[^\s<>()\[\],;:\"]*")
_Record = TypeVar("_Record", Ticket, Message)

# The clocks of calls and chats: with their customer they end.
_TALKING = (CALL_BACK, CHAT, CHAT_ANSWER)


def involved(ticket: Ticket, messages: tuple[Message, ...], address: str) -> bool:
    """Whether the ticket still contains this address."""
    return any(names(text, address) for item in (ticket, *messages) for text in participants.texts(item, _LOG))


def is_customer(ticket: Ticket, address: str) -> bool:
    """Whether the ticket's customer has this address, or is reached by it."""
    return any(same(each, address) for each in ticket.customers)


def is_theirs(message: Message, address: str) -> bool:
    """Whether the person with this address wrote the message."""
    return any(person.is_known_by(address) for person in wrote(message))


def ticket_without(ticket: Ticket, address: str, successor: Ticket | None = None) -> Ticket:
    """The ticket's next version without this person. If the person was its customer, the customer of `successor`, a
    ticket merged into it, becomes its customer, or nobody if there is none; and the links sent to the person end."""
    wrote_opening, customer = is_theirs(ticket.opening, address), is_customer(ticket, address)
    referrals = tuple(
        replace(referral, name=ERASED, address=ERASED) if same(referral.address, address) else referral
        for referral in ticket.referrals
    )
    after = evolve(
        ticket,
        opening=_without_content(ticket.opening) if wrote_opening else ticket.opening,
        requester=NOBODY if customer else ticket.requester,
        link_version=ticket.link_version + customer,
        identity_confirmed_at=None if customer else ticket.identity_confirmed_at,
        subject="" if wrote_opening or customer else ticket.subject,
        order_number=None if wrote_opening or customer else ticket.order_number,
        claim=None if wrote_opening or customer else ticket.claim,
        withdrawal=_unsigned(ticket.withdrawal) if wrote_opening or customer else ticket.withdrawal,
        call=None if customer else ticket.call,
        chat=ticket.chat.over(ChatEnd.CLOSED, ticket.chat.at) if customer and ticket.chat else ticket.chat,
        clocks=ticket.clocks.without(*ticket.clocks.only(*_TALKING).unmet.names) if customer else ticket.clocks,
        reached=None if customer else ticket.reached,
        rating=None if customer else ticket.rating,
        rating_withdrawn=None if customer else ticket.rating_withdrawn,
        publication=None if wrote_opening or customer else ticket.publication,
        last_message_id=None,
        participants=tuple(each for each in ticket.participants if not same(each, address)),
        referrals=referrals,
        outbox=_without_recipient(ticket.outbox, address),
    )
    return _without_address(_handed_over(after, successor) if customer and successor else after, address)


def message_without(message: Message, address: str) -> Message | None:
    """The message's next version without this person; None if they did not write it and it does not name them."""
    kept = _without_content(message) if is_theirs(message, address) else message
    after = _without_address(replace(kept, outbox=_without_recipient(message.outbox, address)), address)
    return evolve(after) if after != message else None


def names(text: str, address: str) -> bool:
    """Whether a text contains exactly this address, not only as part of another; or the number that it stands for."""
    return next(_places(text, address), None) is not None


def masked(text: str, address: str) -> str:
    """The text without the address, or without the number that it stands for."""
    kept, over = list[str](), 0
    for begin, end in _places(text, address):
        kept += text[over:begin], f"[{ERASED}]"
        over = end
    return "".join((*kept, text[over:]))


def _places(text: str, address: str) -> Iterator[tuple[int, int]]:
    return number_matching.readings(text, address) if is_caller(address) else readings(text, address)


def entry_without(entry: LogEntry, ours: Collection[str]) -> LogEntry:
    """The log entry without all addresses except `ours`: the log outlives the people."""

    def shown(found: re.Match[str]) -> str:
        return found[0] if canonical(found[0].strip(".'")) in ours else "[…@…]"

    def without(detail: Detail) -> Detail:
        value, was = (_ANY_ADDRESS.sub(shown, text) for text in (detail.value, detail.was))
        return replace(detail, value=value, was=was)

    return replace(entry, details=tuple(map(without, entry.details))) if may_name(entry) else entry


def may_name(entry: LogEntry) -> bool:
    """Whether a detail of the entry may contain a mail address."""
    return any(holds_any(text) for detail in entry.details for text in (detail.value, detail.was))


def _handed_over(ticket: Ticket, successor: Ticket) -> Ticket:
    """The ticket with the customer of `successor`, which was merged into it."""
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
        reached=successor.reached,
        withdrawal=successor.withdrawal or ticket.withdrawal,
        identity_confirmed_at=successor.identity_confirmed_at,
    )


def _unsigned(withdrawal: Withdrawal | None) -> Withdrawal | None:
    """The statement without what the person typed; the days and moments stay, because clocks were set by them."""
    return replace(withdrawal, name="", contract="", email="") if withdrawal else None


def was_theirs(message: Message) -> bool:
    """Whether an erased person wrote it, or got it by mail. It does not concern the ticket's present customer."""
    mails = message.outbox.deliveries if message.outbox else ()
    to_customer = (mail for mail in mails if mail.purpose.audience is Audience.CUSTOMER)
    return Remark.ERASED in message.remarks or any(mail.to == ERASED for mail in to_customer)


def _without_address(item: _Record, address: str) -> _Record:
    """The record without the address in any of its texts, at any depth."""
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


def _without_content(message: Message) -> Message:
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


def _without_recipient(outbox: Outbox | None, address: str) -> Outbox | None:
    """The outbox with the mails to this address addressed to nobody, without their error texts. Those still owed are
    not sent."""
    if outbox is None:
        return None
    return outbox.instead({mail: _to_nobody(mail, address) for mail in outbox.deliveries})


def _to_nobody(mail: Delivery, address: str) -> Delivery:
    if not same(mail.to, address):
        return mail
    status = DeliveryStatus.REFUSED if mail.status is DeliveryStatus.OWED else mail.status
    return replace(mail, to=ERASED, status=status, error=None, unsent=None)
