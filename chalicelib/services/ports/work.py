"""Due work, and what is sent once a day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.services.ports.tickets import ItemRef


@dataclass(frozen=True, slots=True)
class Deaths:
    """How many due-work runs died at an entry, and when the last of these runs began."""

    entry: str
    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class RunMark:
    """The progress of the latest due-work run, in case it dies. `at`: the entry it is working on, which it records each
    time. `deaths`: the entries at which runs died. `ended`: the run finished."""

    begun_at: datetime
    at: str = ""
    deaths: tuple[Deaths, ...] = ()
    ended: bool = False


class WorkQueue(Protocol):
    """Items with a step that is due."""

    def due(self, now: datetime, page: int, purpose: str = "step") -> Iterator[ItemRef]:
        """The due-work index entries that are due, the earliest first, read page by page as they are used. With the
        purpose "purge": tickets with a retention that is over; tickets with a purge that has begun are due at
        MIN_TIME."""

    def run_mark(self) -> RunMark | None:
        """What the latest due-work run recorded."""

    def note_run(self, mark: RunMark) -> None: ...


class Digests(Protocol):
    """What the daily digest needs."""

    def claim_digest(self, shop: str, owner: str, day: date, now: datetime, until: datetime) -> bool:
        """Claim an owner's digest of the day until `until`; True if nobody else has claimed it or their claim has run
        out."""

    def sla_counted(self, shop: str, since: date, until: date) -> tuple[int, int]:
        """How many promises were kept and missed on these days, both included."""


class Presence(Protocol):
    """Which agents take chats now."""

    def note_presence(self, shop: str, agent: str, until: datetime) -> None:
        """The agent takes chats of this shop until then, unless something else is noted before."""

    def present(self, shop: str, now: datetime) -> tuple[str, ...]:
        """The addresses of the agents who take chats at that moment, in their order. Strongly consistent."""


class CallPlaces(Protocol):
    """The places that tickets with an open call hold. They are taken by `Tickets.commit`, with the ticket."""

    def held(self, shop: str, first: str, last: str, limit: int) -> Mapping[str, str]:
        """The shop's places with ids from `first` to `last`, in this order and `limit` at most, each with its ticket.
        Strongly consistent. A ticket may have lost its right to a place since (rules.calls.booking.has)."""

    def release(self, shop: str, ids: Iterable[str], ref: str, until: datetime) -> None:
        """Give back those of the places that this ticket still holds. The store forgets them at `until`."""
