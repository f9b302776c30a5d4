"""Tickets, their messages and log, and agents' drafts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.rules.tickets.ticket import Change, LogEntry, Message, State, Ticket
from chalicelib.services.ports.search import SearchHit


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An entry of the due-work index: an item with a step that is due; `message` is None for the ticket itself."""

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
    """What an agent (by address) has begun to write on a ticket, and when they last changed it."""

    ref: str
    agent: str
    text: str
    at: datetime


class Tickets(Protocol):
    """Reads tickets and writes changes of them."""

    def commit(self, change: Change) -> None:
        """Write the change, all or nothing, in one request.

        Raises TicketExists when its first-version ticket exists, MessageExists when a first-version
        message does, VersionConflict when any other item is not at the version before, PlaceTaken when another ticket
        has one of its `holds`.
        """

    def ticket(self, ref: str) -> Ticket | None: ...

    def message(self, ref: str, id: str) -> Message | None: ...

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        """The ticket and its messages in time order, in one read request per megabyte. Includes the messages and
        openings of the tickets that were merged into it, by one more request for each."""

    def lines_after(self, ref: str, id: str) -> tuple[Ticket | None, list[Message]]:
        """The ticket and its messages whose ids come after this one in the order of characters, in that order: one
        read request per megabyte, which finds no other messages (rules.chats.lines). Strongly consistent."""

    def history(self, ref: str, limit: int, *, consistent: bool = False) -> list[LogEntry]:
        """The latest entries of a ticket's log, the latest first. The entries of its opening are on the ticket
        itself. `consistent`: with everything that was written until now."""

    def find_tickets(self, refs: Sequence[str]) -> list[Ticket]:
        """Those of these tickets that exist, in this order. Eventually consistent."""

    def tickets_of(self, shop: str, address: str, limit: int) -> list[OtherTicket]:
        """The shop's newest `limit` tickets of the customer with this address, newest first. Eventually consistent."""

    def refs_of(self, shop: str, address: str) -> Iterator[str]:
        """All the shop's tickets of the customer with this address, read page by page. Eventually consistent."""

    def opened_on(self, shop: str, day: date, limit: int, after: str = "") -> list[str]:
        """The references of the shop's tickets that were opened on a day (UTC), in order: the first `limit`, or the
        first after `after`. Eventually consistent."""

    def opened_by(self, shop: str, address: str, limit: int, after: SearchHit | None = None) -> list[SearchHit]:
        """The shop's tickets of the customer with this address, newest first: the first `limit`, or the first after
        `after`. Eventually consistent."""


class Drafts(Protocol):
    """What agents have begun to write."""

    def save_draft(self, draft: Draft, until: datetime) -> None:
        """Store an agent's draft until `until`, in place of an earlier one. A later draft that arrived first stays."""

    def drafts(self, ref: str, now: datetime) -> list[Draft]:
        """All agents' drafts on the ticket, in one request."""
