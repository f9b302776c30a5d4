"""The counters of a shop's days, and the published record of its promises."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.rules.record.counting import Leaf

if TYPE_CHECKING:  # every function imports the ports, and few close days
    from chalicelib.rules.record.tree import DayRoot


class PromiseRecord(Protocol):
    """Leaves are written with the changes that finish their promises (services.ports.tickets.Tickets.commit)."""

    def day_counts(self, shop: str, since: date, until: date) -> Mapping[date, Mapping[str, int]]:
        """What was counted on these days, both included, by name (rules.record.counting)."""

    def list_comment(self, shop: str, ref: str, at: datetime) -> None:
        """Remember that the ticket may have a comment to publish. Only its reference is kept, for as long as ratings
        are published; whether it has one, the ticket says."""

    def listed_comments(self, shop: str, limit: int) -> Sequence[str]:
        """The references of the tickets that were listed last, the newest first, in one request."""

    def leaves(self, shop: str, since: date, until: date) -> Iterator[Leaf]:
        """The leaves of these days, both included, by day and id, read page by page."""

    def find_leaves(self, shop: str, wanted: Iterable[tuple[date, str]]) -> Sequence[Leaf]:
        """Those of these leaves, by day and id, that exist."""

    def latest_root(self, shop: str) -> "DayRoot | None":
        """The last day that was closed."""

    def roots(self, shop: str, since: date, until: date) -> "Sequence[DayRoot]":
        """The closed days among these, both included, in order."""

    def publish_root(self, shop: str, root: "DayRoot") -> bool:
        """Close a day; False if it was closed before, and then nothing changes."""
