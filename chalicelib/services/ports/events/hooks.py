"""Raw events of shops' systems, and their queue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.services.ports.running import RedrivableQueue

PREFIX = "hooks/"
"""With this the keys of raw events begin, as those of raw mails do with "raw/"."""


@dataclass(frozen=True, slots=True)
class HookReceived:
    """The queue's message that a raw event was stored at `key`. `received`: how often the queue has delivered this
    message, from 1."""

    key: str
    received: int = 1


@dataclass(frozen=True, slots=True)
class RawHook:
    """A body as it came. `topic` and `delivery` are what its headers said; they hold nobody's data."""

    body: bytes
    topic: str = ""
    delivery: str = ""


class RawHooks(Protocol):
    """Raw events in the file store, each under `hooks/<shop>/<source>/<id>`."""

    def keep_hook(self, key: str, hook: RawHook) -> None:
        """Keep a raw event; what is there already stays. Raises TryAgainLater."""

    def hook(self, key: str) -> RawHook:
        """Raises UnknownFile."""
        ...

    def settle_hook(self, key: str) -> None:
        """Mark a raw event as one that has an outcome: only marked ones expire."""

    def raw_hooks(self) -> Iterator[tuple[str, datetime]]:
        """All raw events that have not expired, in no order of time: each one's key and time of arrival."""
        ...


class HookQueue(RedrivableQueue, Protocol):
    """The queue of raw events to be read."""

    def put_hook(self, key: str) -> None:
        """Raises TryAgainLater."""
