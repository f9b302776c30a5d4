"""What is due, and what is sent once a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.services.ports.tickets import ItemRef


@dataclass(frozen=True, slots=True)
class Deaths:
    """How many due-work runs ended at an entry, and when the last of them had begun."""

    entry: str
    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class RunMark:
    """How far the latest due-work run has come, should it end without a word. `at`: the entry it is looking after,
    where it notes each. `deaths`: at which entries runs ended. `ended`: the run came to its end."""

    begun_at: datetime
    at: str = ""
    deaths: tuple[Deaths, ...] = ()
    ended: bool = False


class WorkQueue(Protocol):
    """Items whose next step has come."""

    def due(self, now: datetime, page: int, purpose: str = "step") -> Iterator[ItemRef]:
        """The due-work index entries whose time has come, read a page at a time as they are taken, the earliest first.
        With the purpose "purge", tickets that have been kept long enough; those whose purge has begun have been due
        ALWAYS."""

    def run_mark(self) -> RunMark | None:
        """What the latest due-work run noted."""

    def note_run(self, mark: RunMark) -> None: ...


class Digests(Protocol):
    """What the digest of a day needs."""

    def claim_digest(self, shop: str, owner: str, day: date, now: datetime, until: datetime) -> bool:
        """Whether an owner's digest of the day is ours to send until then: nobody has it, or their time is over."""

    def sla_counted(self, shop: str, since: date, until: date) -> tuple[int, int]:
        """How many promises were kept and missed on these days, both included."""
