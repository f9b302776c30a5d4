"""A call to the shop that nobody answered becomes a call back: who called, what is promised, and what a further call of
the same number adds (decision 272)."""

from dataclasses import replace
from enum import StrEnum

from chalicelib.errors import NotOpen
from chalicelib.rules.identity.calling import callable_number
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.rules.tickets.messages import Event, system_message
from chalicelib.rules.tickets.ticket import AFTERCARE, Change, Hold, LogEntry, Ticket, evolve

# Some providers show a number that spells one of these words on a telephone's keys.
_WITHHELD = ("ANONYMOUS", "BLOCKED", "PRIVATE", "RESTRICTED", "UNAVAILABLE", "UNKNOWN")
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_SPELLED = frozenset(word.translate(_KEYS) for word in _WITHHELD)


SPARE = 1
"""Places of each half hour that no missed call takes. Numbers can be forged: who asks by the form finds one."""


class CallNote(StrEnum):
    """What a ticket's log, or a note for agents, says of a missed call."""

    CALLED_AGAIN = "called_again"  # while the call back is open
    TEXTED = "texted"
    NOT_TEXTED = "not_texted"  # the message was not taken, or perhaps not


def withheld(number: str) -> bool:
    """Whether the caller's number is not shown: there is none, a word in its place, or a number that spells one."""
    digits = "".join(sign for sign in _bare(number) if sign.isdigit())
    return not digits or digits in _SPELLED


def caller(number: str, countries: tuple[str, ...]) -> str:
    """The caller's number as E.164 writes it. Raises NotCallable if nobody of the shop calls it."""
    return callable_number(_bare(number), countries)


def again(ticket: Ticket, id: str, hold: Hold, context: RuleContext) -> Change:
    """The same number has called again while the call back is open: a note for agents, and no other promise. Raises
    NotOpen if it is not: then nobody would call."""
    if not (ticket.call and ticket.call.open):
        raise NotOpen("the call back is over")
    note = system_message(id, ticket.ref, context.at, Event.CALL, CallNote.CALLED_AGAIN)
    entry = LogEntry(context.at, AFTERCARE, Action.CALL_CHANGED, details_of(DetailCode.CALL, CallNote.CALLED_AGAIN))
    return replace(Change(evolve(ticket, active_at=context.at), (note,), (entry,)), holds=(hold,))


def texted(ticket: Ticket, news: CallNote, context: RuleContext) -> Change:
    """The log says that the caller was sent a text message, or that it was not taken."""
    entry = LogEntry(context.at, AFTERCARE, Action.CALL_CHANGED, details_of(DetailCode.CALL, news))
    return Change(evolve(ticket), log=(entry,))


def _bare(number: str) -> str:
    """The number of an address such as sip:+4930901820@provider.example or tel:+4930901820."""
    kind, colon, rest = number.partition(":")
    shown = rest if colon and kind.lower() in ("sip", "sips", "tel") else number
    return shown.partition("@")[0].partition(";")[0]
