"""What a change adds to the counters of a day, and to the published record: promises kept and missed, and ratings."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Finished:
    """A promise that was kept or missed just now: on what (`ref`, `kind`), which, when it was made and due."""

    ref: str
    kind: str
    promise: str
    set_at: datetime
    due: datetime
    kept: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A finished promise in the record, by the day on which it was counted. `id` says nothing to anybody except those
    who can derive it."""

    day: date
    id: str
    promise: str
    kept: bool

    def __str__(self) -> str:
        """The line that is hashed."""
        return f"{self.day:%Y-%m-%d} {self.id} {self.promise} {'kept' if self.kept else 'missed'}"


@dataclass(frozen=True, slots=True)
class SlaCount:
    """Promises to customers kept and missed, to be added to the shop's counters of the day: the digest and the reports
    read them. `finished`: which they were. `orders`: how many orders became known. `leaves`: the finished promises for
    the record; whoever commits makes them."""

    shop: str
    at: datetime
    kept: int = 0
    missed: int = 0
    finished: tuple[Finished, ...] = field(default=(), compare=False)
    orders: int = 0
    leaves: tuple[Leaf, ...] = field(default=(), compare=False)


class Tally(NamedTuple):
    """Something else to be counted on a day: `name` says what, such as "rated complaint 5"."""

    shop: str
    at: datetime
    name: str
    by: int = 1


def finished_as(counted: SlaCount) -> list[Tally]:
    """What this adds to the day's counters by kind (an order's is "order_" and the promise), how soon first answers
    came, and new orders."""
    found = [Tally(counted.shop, counted.at, "orders", counted.orders)] if counted.orders else []
    found += [
        Tally(counted.shop, counted.at, f"{'kept' if each.kept else 'missed'} {each.kind}") for each in counted.finished
    ]
    answers = [each for each in counted.finished if each.promise == "first_answer"]
    return found + [Tally(counted.shop, counted.at, f"answered {_how_soon(each, counted.at)}") for each in answers]


SOON = {"hour": 1, "hours": 4, "day": 24, "days": 48}
"""Within how many hours a first answer came. What took longer, and was kept, is "kept"; the rest is "late"."""


def _how_soon(answer: Finished, at: datetime) -> str:
    if not answer.kept:
        return "late"
    hours = (at - answer.set_at).total_seconds() / 3600
    return next((name for name, within in SOON.items() if hours <= within), "kept")
