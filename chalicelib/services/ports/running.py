"""Queues, and runs of functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages lie in a queue, and how many in its dead letters. About."""

    waiting: int
    dead: int


class RedrivableQueue(Protocol):
    """A queue with dead letters."""

    def redrive(self, limit: int) -> int:
        """Put at most so many dead letters back on the queue; how many there were."""

    def depths(self) -> QueueDepth: ...


class Queue(RedrivableQueue, Protocol):
    """The queue of raw mails to be received."""

    def put_back(self, raw_key: str) -> None: ...


class Run(Protocol):
    """One run of a function that may not come to its end in the time it has."""

    @property
    def request(self) -> str:
        """What names this run in AWS's own records."""

    def time_left(self) -> bool:
        """Whether there is time for a step more and for putting down how far it is."""

    def again(self, event: Mapping[str, Any]) -> bool:
        """Have the function run once more with this event, without waiting for it; whether that could be done."""
