"""The counters of days and the published record, in memory."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from chalicelib.rules.record.counting import Leaf, SlaCount, Tally, finished_as
from chalicelib.rules.record.tree import DayRoot
from tests.support.store.memory.memory import Memory, Port


def count(memory: Memory, sla_counts: Iterable[SlaCount], tallies: Iterable[Tally] = ()) -> None:
    """Count what a change adds to its days, and keep its leaves."""
    more = list(tallies)
    for added in sla_counts:
        day = added.shop, added.at.date()
        kept, missed = memory.sla_counts.get(day, (0, 0))
        memory.sla_counts[day] = kept + added.kept, missed + added.missed
        more += finished_as(added)
        memory.leaf_items |= {(added.shop, leaf.day, leaf.id): leaf for leaf in added.leaves}
    for tally in more:
        memory.sla_tallies.setdefault((tally.shop, tally.at.date()), Counter())[tally.name] += tally.by


class PromiseRecord(Port):
    """Implements services.ports.feedback.record.PromiseRecord."""

    def day_counts(self, shop: str, since: date, until: date) -> Mapping[date, Mapping[str, int]]:
        self._asked("read")
        found: dict[date, Counter[str]] = {}
        for (of, day), (kept, missed) in self._memory.sla_counts.items():
            if of == shop and since <= day <= until:
                found.setdefault(day, Counter()).update(kept=kept, missed=missed)
        for (of, day), names in self._memory.sla_tallies.items():
            if of == shop and since <= day <= until:
                found.setdefault(day, Counter()).update(names)
        return dict(sorted(found.items()))

    def list_comment(self, shop: str, ref: str, at: datetime) -> None:
        self._asked("write")
        self._memory.comments.setdefault(shop, set()).add((at, ref))

    def listed_comments(self, shop: str, limit: int) -> Sequence[str]:
        self._asked("read")
        listed = sorted(self._memory.comments.get(shop, ()), reverse=True)[:limit]
        return list(dict.fromkeys(ref for _, ref in listed))

    def leaves(self, shop: str, since: date, until: date) -> Iterator[Leaf]:
        self._asked("read")
        keys = sorted(key for key in self._memory.leaf_items if key[0] == shop and since <= key[1] <= until)
        return (self._memory.leaf_items[key] for key in keys)

    def find_leaves(self, shop: str, wanted: Iterable[tuple[date, str]]) -> Sequence[Leaf]:
        self._asked("read")
        return [self._memory.leaf_items[shop, *key] for key in wanted if (shop, *key) in self._memory.leaf_items]

    def latest_root(self, shop: str) -> DayRoot | None:
        self._asked("read")
        days = [day for of, day in self._memory.closed_days if of == shop]
        return self._memory.closed_days[shop, max(days)] if days else None

    def roots(self, shop: str, since: date, until: date) -> Sequence[DayRoot]:
        self._asked("read")
        keys = sorted(key for key in self._memory.closed_days if key[0] == shop and since <= key[1] <= until)
        return [self._memory.closed_days[key] for key in keys]

    def publish_root(self, shop: str, root: DayRoot) -> bool:
        self._asked("write")
        return self._memory.closed_days.setdefault((shop, root.day), root) is root
