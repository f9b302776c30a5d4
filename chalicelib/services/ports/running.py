"""Queues, and the runs of functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

_MAX_WAITING = 500


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages are in a queue and in its dead-letter queue. Both are approximate."""

    waiting: int
    dead: int

    @property
    def crowded(self) -> bool:
        """Whether more messages wait than a busy hour brings, so that the function that reads them may be at fault."""
        return self.waiting > _MAX_WAITING


class RedrivableQueue(Protocol):
    """A queue with dead letters."""

    def redrive(self, limit: int) -> int:
        """Put at most `limit` dead letters back on the queue; returns how many there were."""

    def depths(self) -> QueueDepth: ...


class Queue(RedrivableQueue, Protocol):
    """The queue of raw mails to be read."""

    def put_back(self, raw_key: str) -> None: ...


class Run(Protocol):
    """One run of a function that may not finish in its time."""

    @property
    def request(self) -> str:
        """The id of this run in AWS's own records."""

    def time_left(self) -> bool:
        """Whether there is time for one more step and for saving the progress."""

    def again(self, event: Mapping[str, Any]) -> bool:
        """Start the function once more with this event, without waiting for it; returns whether that worked."""
