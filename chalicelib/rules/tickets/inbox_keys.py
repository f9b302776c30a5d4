"""A ticket's place in the desk's inbox: its list, and what the list is sorted by (decision 100)."""

from datetime import UTC, date, datetime, timedelta

from chalicelib.rules.tickets.clocks import PROGRESS, Clock
from chalicelib.rules.tickets.remarks import VERDICTS
from chalicelib.rules.tickets.ticket import OWED, State, Ticket, active_clocks, owed, promises

CONDEMNED = "condemned"
"""The list of tickets quarantined because of the mail service's verdict."""
_UNREAD = "+unread"
# No promise is due this long after a ticket's opening.
_NO_DUE = timedelta(days=365_000)


def place_in_inbox(ticket: Ticket) -> str | None:
    """The ticket's list: its state, or for a closed ticket the day it was closed. Closed tickets with an unfinished
    remedy and tickets with a bad verdict of the mail service have lists of their own."""
    if ticket.state is State.QUARANTINED and not VERDICTS.isdisjoint(ticket.suspicions):
        return CONDEMNED
    if ticket.state is not State.CLOSED:
        return ticket.state.value
    if owed(ticket):
        return OWED
    return closed_on(ticket.closed_at.astimezone(UTC).date()) if ticket.closed_at else None


def closed_on(day: date) -> str:
    """The list of tickets closed on a day (UTC), with no remedy left to do."""
    return f"{State.CLOSED}#{day.isoformat()}"


def due_in_inbox(ticket: Ticket) -> datetime:
    """What its list is sorted by: when its earliest promise is due. Tickets without a promise come after all others, by
    age; closed ones without an unfinished remedy are sorted by when they were closed."""
    promise = clock_in_inbox(ticket)
    if promise:
        return promise.due
    closed = ticket.closed_at if ticket.state is State.CLOSED and place_in_inbox(ticket) != OWED else None
    return closed or ticket.opened_at + _NO_DUE


def clock_in_inbox(ticket: Ticket) -> Clock | None:
    """The promise for which a ticket is listed: whichever runs out first."""
    return min(running_promises(ticket), key=lambda clock: clock.due, default=None)


def running_promises(ticket: Ticket) -> tuple[Clock, ...]:
    """The promises to its customer that run, and the word of the progress that the law asks for. For a closed ticket
    that can only be its remedy."""
    if ticket.state is State.CLOSED:
        return promises(ticket).running if place_in_inbox(ticket) == OWED else ()
    return (*promises(ticket).running, *active_clocks(ticket).only(PROGRESS).running)


def unread(ticket: Ticket) -> bool:
    """Whether an answer of it waits for a second reader."""
    return ticket.held_answer is not None and ticket.held_answer.leaves_at is None


def due_clock(ticket: Ticket) -> str:
    """What the index keeps of a ticket's promise that is due first: the clock's name, with a mark if an answer waits
    for a second reader. "" if there is neither. An index has no room for another attribute, once it was made."""
    clock = clock_in_inbox(ticket)
    return (clock.name if clock else "") + (_UNREAD if unread(ticket) else "")


def read_due_clock(kept: str) -> tuple[str, bool]:
    """The clock's name, and whether an answer waits for a second reader."""
    return kept.removesuffix(_UNREAD), kept.endswith(_UNREAD)
