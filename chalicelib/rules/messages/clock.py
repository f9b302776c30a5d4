"""The clock of a messenger's window on a ticket, and what may still be said by an agent (decision 296)."""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import InvalidFields
from chalicelib.rules.identity.handles import of_address
from chalicelib.rules.messages.templating import is_template
from chalicelib.rules.messages.window import DAY, LAST_LINE, WARNED, How, ends, window
from chalicelib.rules.tickets.clocks import WINDOW, Clock, SetBy
from chalicelib.rules.tickets.outbox import Audience
from chalicelib.rules.tickets.ticket import Change, Ticket

_PERIOD = "24 hours"


def with_window(ticket: Ticket, now: datetime) -> Ticket:
    """The ticket with the window that its customer's last message has opened. What no person writes is sent within a
    day everywhere, so its steps are those of a day. A message that comes too late for a step sets none."""
    who = of_address(ticket.requester.address)
    last = ticket.reached.last_at if ticket.reached else None
    if who is None or last is None or ends(who.provider, last) is None or now >= last + DAY - LAST_LINE:
        return replace(ticket, clocks=ticket.clocks.without(WINDOW))
    due, warn_at = last + DAY - LAST_LINE, last + DAY - WARNED
    warns = warn_at if warn_at > now else None
    return replace(
        ticket, clocks=ticket.clocks.put(Clock(WINDOW, _PERIOD, now, due, warn_at=warns, set_by=SetBy.REPLY))
    )


def refuse_if_closed(ticket: Ticket, change: Change, now: datetime) -> None:
    """Raises InvalidFields if the change owes something new to a messenger's user to whom nothing can be written any
    more."""
    before = ticket.outbox.owed() if ticket.outbox else ()
    for item in (change.ticket, *change.messages):
        for mail in item.outbox.owed() if item and item.outbox else ():
            free = mail.purpose.audience is Audience.CUSTOMER and mail not in before and not is_template(mail)
            who = of_address(mail.to) if free else None
            if who and ticket.reached and window(who.provider, ticket.reached.last_at, now).how is How.CLOSED:
                raise InvalidFields({"action": "window_closed"})
