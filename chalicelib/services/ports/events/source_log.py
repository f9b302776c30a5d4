"""What is remembered of each source of events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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


@dataclass(frozen=True, slots=True)
class LateOrder:
    """An order of which we first heard so late (`at`) that we confirmed nothing (decision 211)."""

    ref: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TokenRefusal:
    """A messenger refuses our token for this account, since then, and `last` at that moment."""

    account: str
    since: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class TokenState:
    refusals: tuple[TokenRefusal, ...] = ()


class SourceLog(Protocol):
    """What is remembered of each source, bounded."""

    def note_contact(self, shop: str, source: str, at: datetime) -> None:
        """Remember that the source sent something, at most once in an hour."""

    def contact(self, shop: str, source: str) -> Contact: ...

    def read_until(self, shop: str, source: str) -> datetime | None:
        """Until when the list of the source's orders was read; None if it never was."""
        ...

    def note_read_until(self, shop: str, source: str, at: datetime) -> None: ...

    def token_state(self, shop: str, provider: str) -> TokenState:
        """For which of the shop's accounts the messenger has refused our token."""
        ...

    def note_tokens(self, shop: str, provider: str, state: TokenState) -> None: ...

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

    def note_late_order(self, shop: str, late: LateOrder) -> None:
        """Put an order on the shop's list, for a few days."""

    def late_orders(self, shop: str) -> list[LateOrder]:
        """The newest of the shop's list, at most fifty."""
        ...
