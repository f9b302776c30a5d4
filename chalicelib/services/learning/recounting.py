"""Counts the tickets of some days again, and says where the counts of these days differ."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from chalicelib.rules.learning.causes import Counts
from chalicelib.rules.learning.tally import counts_of, of_tickets, total
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.services.learning.counting import log_of
from chalicelib.services.ports.deps import Deps

# The answer names so many differences; the rest is only counted.
_SHOWN = 50


class Recount:
    """Tickets are counted into it one by one."""

    def __init__(self) -> None:
        self.days: dict[date, Counter[str]] = {}

    def count(self, deps: Deps, tickets: Iterable[Ticket]) -> None:
        for ticket in tickets:
            self.days.setdefault(ticket.opened_at.date(), Counter()).update(counts_of(ticket, log_of(deps, ticket)))

    def compared(self, deps: Deps, shop: Shop, since: date, until: date) -> dict[str, Any]:
        """What the counts say beside the recount. A day of which tickets were deleted since can't be counted again: it
        is listed, and not compared."""
        counted = deps.tallies.days(shop.id, since, until)
        days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
        deleted = [day for day in days if total(counted.get(day, {})) > total(self.days.get(day, {}))]
        differences = [
            {"day": day.isoformat(), "name": name, "counted": was, "recounted": now}
            for day in days
            if day not in deleted
            for name, was, now in _differences(counted.get(day, {}), self.days.get(day, {}))
        ]
        return {
            "agrees": not differences,
            "days": len(days) - len(deleted),
            "deleted_since": [day.isoformat() for day in deleted],
            "differences": len(differences),
            "differ": differences[:_SHOWN],
        }


def _differences(counted: Counts, recounted: Mapping[str, int]) -> list[tuple[str, int, int]]:
    was = of_tickets(counted)
    names = sorted({*was, *recounted})
    pairs = ((name, was.get(name, 0), recounted.get(name, 0)) for name in names)
    return [each for each in pairs if each[1] != each[2]]
