"""By which channel a ticket began, whether its first answer came in time, and how long its customer waited for a person
where one can be there at once (decision 316)."""

from collections.abc import Iterable, Iterator

from chalicelib.rules.learning.causes import named
from chalicelib.rules.learning.live import (
    CALL_KEPT,
    CALL_MISSED,
    CALL_OPEN,
    CHAT_KEPT,
    CHAT_MISSED,
    CHAT_OPEN,
    SOON,
    call_became,
    called_in_vain,
    chat_became,
    missed,
    reached_soon,
)
from chalicelib.rules.tickets.clocks import FIRST_ANSWER
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.messages import Channel
from chalicelib.rules.tickets.procedure_facts import Chat, ChatEnd
from chalicelib.rules.tickets.ticket import LogEntry, Ticket

CALL = "call"
"""A call back that was asked for, or a call in vain. `Channel.PHONE` is a call that an agent took and noted."""
WAYS = (
    Channel.FORM, Channel.MAIL, Channel.CHAT, CALL, Channel.WHATSAPP, Channel.MESSENGER, Channel.INSTAGRAM,
    Channel.TELEGRAM, Channel.SMS, Channel.SOCIAL, Channel.PHONE, Channel.POST, Channel.FAX, Channel.IN_STORE,
)  # fmt: skip
IN_TIME, LATE, OPEN, NONE = "in_time", "late", "open", "none"
"""The first answer that was promised: given in time, or later or missed; still owed; or none is promised any more, as
when a customer calls off a call."""
WAITED, PROMPT = "waited", "prompt"
"""Counts those who waited for a person in a chat, or had called in vain; and those of them who were answered soon."""
_OF_CALLS = {CALL_KEPT: IN_TIME, CALL_MISSED: LATE, CALL_OPEN: OPEN}
_OF_CHATS = {CHAT_KEPT: IN_TIME, CHAT_MISSED: LATE, CHAT_OPEN: OPEN}


def counted(ticket: Ticket, log: Iterable[LogEntry]) -> Iterator[str]:
    """What the ticket adds to the counts by channel: one name that says how it began and was answered, and those that
    say that somebody waited."""
    way = began_by(ticket)
    yield named("channel", way, _answered(ticket, way, log))
    if way == Channel.CHAT and ticket.chat and _waited(ticket, ticket.chat):
        yield named("wait", way, WAITED)
        if ticket.chat.answered_at and ticket.chat.answered_at - ticket.opened_at <= SOON:
            yield named("wait", way, PROMPT)
    if way == CALL and called_in_vain(ticket):
        yield named("wait", way, WAITED)
        if reached_soon(ticket):
            yield named("wait", way, PROMPT)


def began_by(ticket: Ticket) -> str:
    """One of `WAYS`. Whoever called themselves or asked for a call opened the ticket; a call that an agent took is
    opened by the agent's note."""
    noted = any(entry.action is Action.OPENED and entry.actor != "customer" for entry in ticket.log)
    return CALL if ticket.channel is Channel.PHONE and not noted else ticket.channel


def _answered(ticket: Ticket, way: str, log: Iterable[LogEntry]) -> str:
    """By the promise that its customer was given: of a call, of minutes in a chat, or else of the first answer."""
    if way == CALL and ticket.call:
        return _OF_CALLS.get(call_became(ticket, ticket.call, log), NONE)
    if way == Channel.CHAT and ticket.chat and (ticket.chat.open or ticket.chat.answered_at):
        return _OF_CHATS[chat_became(ticket, ticket.chat, log)]
    if missed(ticket, FIRST_ANSWER, log):
        return LATE
    clock = ticket.clock(FIRST_ANSWER)
    if clock is None:
        return NONE
    return IN_TIME if clock.met_at else OPEN


def _waited(ticket: Ticket, chat: Chat) -> bool:
    """Whether the customer waited for a person: not where the page said at once that nobody is there, and not who left
    by themselves within the three minutes."""
    if chat.answered_at or chat.ended_at is None:
        return True
    if chat.ended is ChatEnd.AS_MESSAGE:
        return chat.ended_at > ticket.opened_at
    return chat.ended is not ChatEnd.CUSTOMER or chat.ended_at - ticket.opened_at > SOON
