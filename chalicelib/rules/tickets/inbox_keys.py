"""Where a ticket stands in the desk's inbox: in which of its lists, and where in it (decision 100)."""

from datetime import UTC, date, datetime, timedelta

from chalicelib.rules.tickets.clocks import REMEDY, Clock
from chalicelib.rules.tickets.suspicions import VERDICTS
from chalicelib.rules.tickets.ticket import OWED, State, Ticket, promises

CONDEMNED = "condemned"
"""The list of what was quarantined because of the mail service's verdict."""
# No promise is due so long after a ticket's opening.
_NO_DUE = timedelta(days=365_000)


def place_in_inbox(ticket: Ticket) -> str | None:
    """The list a ticket stands in: that of its state, closed ones that of the day they were closed. Those whose remedy
    is still owed, and those the mail service condemned, have lists of their own."""
    if ticket.state is State.QUARANTINED and not VERDICTS.isdisjoint(ticket.suspicions):
        return CONDEMNED
    if ticket.state is not State.CLOSED:
        return ticket.state.value
    remedy = ticket.clock(REMEDY)
    if remedy and remedy.running:
        return OWED
    return closed_on(ticket.closed_at.astimezone(UTC).date()) if ticket.closed_at else None


def closed_on(day: date) -> str:
    """The list of tickets closed on a day (UTC) that owe nothing any more."""
    return f"{State.CLOSED}#{day.isoformat()}"


def due_in_inbox(ticket: Ticket) -> datetime:
    """By what its list is sorted: when its earliest promise is due. What owes none comes after all that do, by age;
    what is closed and owes nothing is sorted by when it was closed."""
    promise = clock_in_inbox(ticket)
    if promise:
        return promise.due
    closed = ticket.closed_at if ticket.state is State.CLOSED and place_in_inbox(ticket) != OWED else None
    return closed or ticket.opened_at + _NO_DUE


def clock_in_inbox(ticket: Ticket) -> Clock | None:
    """The promise a ticket is listed for; of a closed one that can only be the remedy it owes."""
    if ticket.state is State.CLOSED and place_in_inbox(ticket) != OWED:
        return None
    return promises(ticket).first_due
