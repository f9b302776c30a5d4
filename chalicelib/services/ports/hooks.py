"""Raw events of shops' systems, and what is remembered of each source."""

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


@dataclass(frozen=True, slots=True)
class Contact:
    """When a source sent something: moments at least an hour apart, the newest last."""

    moments: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class DataRequest:
    """A source passed on that somebody asks about their personal data; the raw event at `key` says who."""

    source: str
    key: str
    at: datetime


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


class SourceLog(Protocol):
    """What is remembered of each source, bounded."""

    def note_contact(self, shop: str, source: str, at: datetime) -> None:
        """Remember that the source sent something, at most once in an hour."""

    def contact(self, shop: str, source: str) -> Contact: ...

    def note_order_id(self, shop: str, source: str, id: str, number: str, now: datetime) -> None:
        """Remember which number the order has that the source calls by this id."""

    def number_of(self, shop: str, source: str, id: str) -> str:
        """The number of the order that the source calls by this id; "" if it is not known."""
        ...

    def note_data_request(self, shop: str, request: DataRequest) -> None:
        """Put a request about personal data on the shop's list, for a while."""

    def data_requests(self, shop: str) -> list[DataRequest]:
        """The newest of the shop's list, at most fifty."""
        ...
