"""The conflicts that a write can meet in the table. Nothing is written then.

StoreConflict
├── TicketExists      the ticket exists already; has the stored ticket
├── MessageExists     the message exists already
├── Merged            the ticket was merged into another since it was read; has it as stored now
└── VersionConflict   somebody else changed the ticket or message since it was read
    └── PlaceTaken    another ticket has a place that the change takes

See decision 155.
"""

from chalicelib.errors import AftercareError
from chalicelib.rules.tickets.ticket import Ticket


class StoreConflict(AftercareError):
    """The table was not as the write expected; nothing was written."""


class TicketExists(StoreConflict):
    """The ticket exists already; `ticket` is the stored one."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(ticket.ref)
        self.ticket = ticket


class MessageExists(StoreConflict):
    """The message exists already."""


class Merged(StoreConflict):
    """The ticket was merged into another since it was read; `ticket` is the merged ticket as it is stored now."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(ticket.ref)
        self.ticket = ticket


class VersionConflict(StoreConflict):
    """Somebody else changed the ticket or message since it was read."""


class PlaceTaken(VersionConflict):
    """Another ticket has a place that the change takes (Hold)."""
