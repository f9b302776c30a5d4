"""Tickets, their messages and log, and what agents have begun to write."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, State, Ticket
from chalicelib.services.ports.search import SearchHit


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An entry of the due-work index: the item whose next step has come; `message` is None for the ticket itself."""

    ref: str
    message: str | None


@dataclass(frozen=True, slots=True)
class OtherTicket:
    """Another ticket of the same customer, as the ticket's page lists it."""

    ref: str
    kind: str
    state: State
    opened_at: datetime
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What an agent (by address) has begun to write on a ticket, and when they last did."""

    ref: str
    agent: str
    text: str
    at: datetime


class Tickets(Protocol):
    """Writing a change of a ticket and reading tickets."""

    def commit(self, change: Change) -> None:
        """Write the change, all or nothing, in one request.

        Raises TicketExists when its first-version ticket exists, MessageExists when a first-version
        message does, VersionConflict when any other item is not at the version before.
        """

    def ticket(self, ref: str) -> Ticket | None: ...

    def message(self, ref: str, id: str) -> Message | None: ...

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        """The ticket and its messages in time order, in one read request per megabyte. Those of the tickets that were
        merged into it are among them, their openings too, by one request more for each."""

    def history(self, ref: str, limit: int) -> list[LogEntry]:
        """The latest entries of a ticket's log, the latest first; those of its opening stand on the ticket itself."""

    def find_tickets(self, refs: Sequence[str]) -> list[Ticket]:
        """Those there are of these tickets, in this order. Some moments old."""

    def tickets_of(self, shop: str, address: str, limit: int) -> list[OtherTicket]:
        """The shop's tickets whose customer has this address, the newest `most`, newest first. Some moments old."""

    def refs_of(self, shop: str, address: str) -> Iterator[str]:
        """All the shop's tickets whose customer has this address, read a page at a time. Some moments old."""

    def opened_on(self, shop: str, day: date, limit: int, after: str = "") -> list[str]:
        """The references of the shop's tickets that were opened on a day (UTC), in order: the first `most` of them, or
        of those that follow `after`. Some moments old."""

    def opened_by(self, shop: str, address: str, limit: int, after: SearchHit | None = None) -> list[SearchHit]:
        """The shop's tickets whose customer has this address, newest first: the first `most`, or of those that follow
        `after`. Some moments old."""


class Drafts(Protocol):
    """What agents have begun to write."""

    def save_draft(self, draft: Draft, until: datetime) -> None:
        """Keep an agent's draft until then, in place of their earlier one; a later one that came first stays."""

    def drafts(self, ref: str, now: datetime) -> list[Draft]:
        """What agents have begun to write on the ticket, in one request."""
