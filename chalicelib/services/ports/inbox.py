"""The lists of the desk."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, Self

from chalicelib.rules.tickets.inbox_keys import clock_in_inbox, due_in_inbox, unread
from chalicelib.rules.tickets.ticket import Ticket

MIN_TIME, MAX_TIME = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


COUNTED = 1_000
"""Up to this number a list of the inbox is counted exactly, unless more is asked for (decision 183)."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many tickets there are: exactly `number`, or, with `more`, more than that."""

    number: int
    more: bool = False

    def __add__(self, other: Self) -> Self:
        number, more = self.number + other.number, self.more or other.more
        # "More than 2,000" says as much as "more than 2,035", and is easier to read.
        return type(self)(number - number % COUNTED if more else number, more)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A ticket's position in a list of the inbox: by due time, then by opening time. The next page continues after the
    last entry's position."""

    due: datetime
    opened_at: datetime
    ref: str


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A ticket as a list of the inbox shows it. `due`: its earliest open promise, named by `clock`. Without an open
    promise, `clock` is empty and `due` is later than every real due time."""

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
    """How the ticket ended, if it is closed."""
    unread: bool = False
    """Whether an answer waits for a second reader."""

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        """The entry of this ticket, wherever it is listed."""
        clock = clock_in_inbox(ticket)
        return cls(
            ref=ticket.ref,
            kind=ticket.kind,
            subject=ticket.subject,
            name=ticket.requester.called,
            opened_at=ticket.opened_at,
            due=due_in_inbox(ticket),
            clock=clock.name if clock else "",
            assignee=ticket.assignee or "",
            channel=ticket.channel,
            topic=ticket.topic or "",
            priority=ticket.priority,
            outcome=ticket.outcome or "",
            unread=unread(ticket),
        )

    @property
    def at(self) -> Cursor:
        """Its position in its list."""
        return Cursor(self.due, self.opened_at, self.ref)


class InboxIndex(Protocol):
    """A shop's tickets by their state."""

    def inbox(
        self,
        shop: str,
        state: str,
        limit: int,
        since: datetime = MIN_TIME,
        before: datetime = MAX_TIME,
        counted: int = COUNTED,
    ) -> tuple[list[InboxEntry], Count]:
        """The shop's tickets in a state ("owed": closed tickets with an open remedy) with their earliest promise due in
        a period: the `limit` most urgent ones, and how many there are, exact up to `counted`. `limit` is not more than
        `counted`."""

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
        """The first `limit` tickets of a list of the inbox (rules.tickets.inbox_keys), or those after `after`, in one
        request that reads no more than these; and the cursor of the next page, None at the end."""

    def quarantined(self, shop: str, limit: int, after: Cursor | None = None) -> tuple[list[Ticket], Cursor | None]:
        """The shop's tickets in quarantine: the newest `limit`, or those after `after`; and the cursor of the next
        page, None at the end."""
