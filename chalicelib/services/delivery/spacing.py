"""How agents are mailed about new messages together with others of the same ticket; rules.delivery.spacing has the
rules."""

from chalicelib.rules.delivery import spacing
from chalicelib.rules.tickets.ticket import Change, Ticket
from chalicelib.services.ports.deps import Deps


def spaced(deps: Deps, ticket: Ticket, change: Change) -> Change:
    """The change to the ticket, with the mails to its agents spaced out: in time, but not more often than they can
    read."""
    now = deps.now()
    owes = any(message.outbox for message in change.messages)
    latest = deps.tickets.message(ticket.ref, ticket.told_by) if owes and spacing.may_ride(ticket, now) else None
    return spacing.spaced(change, ticket, latest, now)
