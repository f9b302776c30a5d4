"""Counts a shop's tickets of some days by their properties, and how long they took. The report has no personal data."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.rules.procedure.rating import SCORES
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, RESOLVE
from chalicelib.rules.tickets.money import written
from chalicelib.rules.tickets.procedure_facts import RemedyKind
from chalicelib.rules.tickets.ticket import Ticket

_HOUR = 3600
NONE = "none"
"""The name under which tickets without a value are counted."""


@dataclass(slots=True)
class Report:
    """Tickets are counted into it one by one; it stores only a few numbers of each."""

    tickets: int = 0
    by: dict[str, Counter[str]] = field(default_factory=dict)
    hours: dict[str, list[float]] = field(default_factory=lambda: {FIRST_ANSWER: [], RESOLVE: []})
    scores: Counter[int] = field(default_factory=Counter)
    expenses: Counter[str] = field(default_factory=Counter)
    """What customers are paid for what matters cost them, by currency, in its smallest unit."""

    def count(self, tickets: Iterable[Ticket]) -> None:
        for ticket in tickets:
            self.tickets += 1
            for name, value in _marks(ticket).items():
                self.by.setdefault(name, Counter())[str(value or NONE)] += 1
            if ticket.rating:
                self.scores[ticket.rating.score] += 1
            if (remedy := ticket.remedy) and remedy.remedy_kind is RemedyKind.EXPENSES and remedy.amount:
                self.expenses[remedy.currency] += remedy.amount
            for name, hours in self.hours.items():
                clock = ticket.clock(name)
                if clock and clock.met_at:
                    hours.append((clock.met_at - ticket.opened_at).total_seconds() / _HOUR)

    def to_dict(self) -> dict[str, Any]:
        return {
            "tickets": self.tickets,
            "by": {name: dict(counts.most_common()) for name, counts in self.by.items()},
            "hours_to": {name: _spread(hours) for name, hours in self.hours.items()},
            "ratings": _ratings(self.scores),
            **({"expenses": self._expenses()} if self.expenses else {}),
        }

    def _expenses(self) -> dict[str, str]:
        return {currency: written(units, currency) for currency, units in sorted(self.expenses.items())}


def rows(report: Any, path: tuple[str, ...] = ()) -> Iterable[tuple[str, Any]]:
    """The report as lines of a name and a value: ("by.kind.complaint", 12)."""
    if isinstance(report, dict):
        for name, part in report.items():
            yield from rows(part, (*path, str(name)))
    else:
        yield ".".join(path), "" if report is None else report


def _marks(ticket: Ticket) -> dict[str, Any]:
    return {
        "kind": ticket.kind,
        "state": ticket.state,
        "outcome": ticket.outcome,
        "topic": ticket.topic,
        "channel": ticket.channel,
        "fault": ticket.finding and ticket.finding.fault,
        "remedy": ticket.remedy and ticket.remedy.remedy_kind,
    }


def _ratings(scores: Counter[int]) -> dict[str, Any]:
    """The number of ratings, their mean, and the number for each score."""
    mean = round(sum(score * count for score, count in scores.items()) / scores.total(), 2) if scores else None
    by_score = {str(score): scores[score] for score in reversed(SCORES)}
    return {"count": scores.total(), "mean": mean, "by_score": by_score}


def _spread(hours: list[float]) -> dict[str, float | int | None]:
    """The count, the median, and the value that nine in ten did not exceed."""
    if not hours:
        return {"count": 0, "median": None, "nine_in_ten": None}
    ranked = sorted(hours)
    nine = ranked[math.ceil(0.9 * len(ranked)) - 1]
    return {"count": len(ranked), "median": round(statistics.median(ranked), 1), "nine_in_ten": round(nine, 1)}
