"""Where a person is live: what became of promised calls and of chats (decisions 279 and 298)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from chalicelib.rules.learning.causes import named
from chalicelib.rules.tickets.clocks import CALL_BACK, CHAT_ANSWER
from chalicelib.rules.tickets.log import Action, DetailCode
from chalicelib.rules.tickets.procedure_facts import CallBack, CallEnd, Chat, ChatEnd
from chalicelib.rules.tickets.ticket import LogEntry, Ticket

CALL_KEPT, CALL_MISSED, CALL_OPEN, CALL_ENDED = "kept", "missed", "open", "ended"
"""What became of a promised call: made in time (reached, or tried three times), not in time, still to be made, or ended
without a promise kept or missed, as by its customer."""
CALL_IN_VAIN, CALL_PROMPT = "in_vain", "prompt"
"""Counts those who called in vain, and those of them who were reached soon."""
SOON = timedelta(minutes=3)
"""How soon whoever waits for a person should have one: Spain's Ley 10/2025 asks it for 95 per cent of calls."""
CHAT_KEPT, CHAT_MISSED, CHAT_MESSAGE, CHAT_OPEN, CHAT_ENDED = "kept", "missed", "message", "open", "ended"
"""What became of a chat: a person answered in time, or later; nobody answered and it became a message; nobody has
answered yet; it ended without an answer, as by its customer."""


def called(ticket: Ticket, log: Iterable[LogEntry]) -> Iterator[str]:
    """The promised call, by the hour (UTC) in which it was asked for."""
    call, hour = ticket.call, f"{ticket.opened_at:%H}"
    if call is None:
        return
    yield named("call", call_became(ticket, call, log), hour)
    if called_in_vain(ticket):
        yield named("call", CALL_IN_VAIN, hour)
        if reached_soon(ticket):
            yield named("call", CALL_PROMPT, hour)


def called_in_vain(ticket: Ticket) -> bool:
    """Of a ticket that a call opened: whether that was a missed call. Only such a call names nobody."""
    person = ticket.opening.person
    return not (person.name or person.address)


def reached_soon(ticket: Ticket) -> bool:
    """Whether the customer was reached within three minutes of our hearing of the call."""
    call = ticket.call
    return bool(call and call.ended is CallEnd.REACHED and call.ended_at and call.ended_at - ticket.opened_at <= SOON)


def chatted(ticket: Ticket, log: Iterable[LogEntry]) -> Iterator[str]:
    """The chat, by the hour (UTC) in which it was begun."""
    if ticket.chat:
        yield named("chat", chat_became(ticket, ticket.chat, log), f"{ticket.opened_at:%H}")


def call_became(ticket: Ticket, call: CallBack, log: Iterable[LogEntry]) -> str:
    """One of `CALL_KEPT` and the others."""
    if missed(ticket, CALL_BACK, log):
        return CALL_MISSED
    if call.ended is None:
        return CALL_OPEN
    return CALL_KEPT if call.ended in (CallEnd.REACHED, CallEnd.GIVEN_UP) else CALL_ENDED


def chat_became(ticket: Ticket, chat: Chat, log: Iterable[LogEntry]) -> str:
    """One of `CHAT_KEPT` and the others."""
    if chat.answered_at:
        return CHAT_MISSED if missed(ticket, CHAT_ANSWER, log) else CHAT_KEPT
    if chat.open:
        return CHAT_OPEN
    return CHAT_MESSAGE if chat.ended is ChatEnd.AS_MESSAGE else CHAT_ENDED


def missed(ticket: Ticket, promise: str, log: Iterable[LogEntry]) -> bool:
    """Whether this promise was missed, once at least."""
    clock = ticket.clock(promise)
    found = any(entry.action is Action.PROMISE_MISSED and is_about(entry, promise) for entry in log)
    return found or bool(clock and clock.met_at and clock.met_at > clock.due)


def is_about(entry: LogEntry, *clocks: str) -> bool:
    """Whether the entry is about one of these clocks."""
    return any(detail.code is DetailCode.CLOCK and detail.value in clocks for detail in entry.details)
