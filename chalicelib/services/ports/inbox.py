"""The lists of the desk."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from chalicelib.rules.tickets.ticket import Ticket

MIN_TIME, MAX_TIME = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Where a ticket stands in a list of the inbox: what is due first, and of what is due together what was opened
    first. A list that was left off goes on after its last entry's."""

    due: datetime
    opened_at: datetime
    ref: str


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A ticket as a list of the inbox shows it. `due`: its earliest promise still open, whose clock is named; where
    none is, `clock` is empty and `due` is after all that are."""

    ref: str
    kind: str
    subject: str
    name: str
    opened_at: datetime
    due: datetime
    clock: str
    assignee: str
    channel: str
    topic: str
    priority: str
    outcome: str = ""
    """How it ended, once it is closed."""

    @property
    def at(self) -> Cursor:
        """Where it stands in its list."""
        return Cursor(self.due, self.opened_at, self.ref)


class InboxIndex(Protocol):
    """A shop's tickets by where they stand."""

    def inbox(
        self, shop: str, state: str, limit: int, since: datetime = MIN_TIME, before: datetime = MAX_TIME
    ) -> tuple[list[InboxEntry], int]:
        """The shop's tickets in a state ("owed": closed ones whose remedy is to come) whose earliest promise is due
        within a time: the most urgent `most` of them, and how many there are."""

    def inbox_page(
        self,
        shop: str,
        place: str,
        limit: int,
        after: Cursor | None = None,
        since: datetime = MIN_TIME,
        before: datetime = MAX_TIME,
        newest_first: bool = False,
    ) -> tuple[list[InboxEntry], Cursor | None]:
        """The first `most` of a list of the inbox (rules.tickets.inbox_keys), or those that follow `after`, in one
        request that reads no more than these; and from where it goes on, None at its end."""

    def quarantined(self, shop: str, limit: int, after: Cursor | None = None) -> tuple[list[Ticket], Cursor | None]:
        """The shop's tickets that were quarantined, the newest `most`, or those that follow `after`; and from where the
        list goes on, None at its end."""
