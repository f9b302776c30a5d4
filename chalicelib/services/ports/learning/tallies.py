"""The counts by day, and the improvements that come of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # every function imports the ports, and few know improvements
    from chalicelib.rules.learning.improvements import Improvement


@dataclass(frozen=True, slots=True)
class Tallied:
    """What was counted of a ticket, of a signal or of a call: on which day, and up to which version of it."""

    subject: str
    """A ticket's reference, or the id of a signal or of a call."""
    shop: str
    day: date
    version: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a day kept and missed of promises, in all and by kind, and how many orders became known on it."""

    kept: int = 0
    missed: int = 0
    orders: int = 0
    by: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Kept and missed, by the kind of a ticket or, with `order_` before it, by the promise about an order."""


class Tallies(Protocol):
    """Counts by day (UTC) of what happened at a shop, without persons."""

    def tallied(self, subject: str) -> Tallied | None:
        """What was counted of it. Strongly consistent."""

    def tally(self, before: Tallied | None, after: Tallied) -> bool:
        """Put `after` in the place of `before`, and add what differs to the counts of its day, in one request. False if
        somebody else was quicker: then nothing is changed. Both are of the same shop and day."""

    def days(self, shop: str, since: date, until: date) -> Mapping[date, Mapping[str, int]]:
        """The counts of these days, both included, in one request for each megabyte. Eventually consistent."""

    def promises(self, shop: str, since: date, until: date) -> Mapping[date, Kept]:
        """What these days kept and missed, both included."""


class Improvements(Protocol):
    """What is to be improved, and what was."""

    def improvement(self, shop: str, id: str) -> "Improvement | None": ...

    def put_improvement(self, improvement: "Improvement") -> None:
        """Raises VersionConflict if it is not at the version before; of version 1, if it exists."""

    def improvements(self, shop: str) -> "Sequence[Improvement]":
        """All of the shop's, the latest first: a few dozen at most, for closed ones are deleted after three years."""
