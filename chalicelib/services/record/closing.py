"""Closes the days of the published record: each day's tree is fixed once, and chained to the days before (decision
252)."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.record.counting import Leaf
from chalicelib.rules.record.tree import BEGINNING, DayRoot, close_day
from chalicelib.services.ports.deps import Deps

# A change that was decided before midnight is committed within this time, or never: no function runs longer.
_SETTLED = timedelta(hours=1)
_FIRST_DAY = date(2026, 1, 1)


def close_days(deps: Deps, shop: Shop) -> DayRoot | None:
    """Close every day that is over and not closed yet; returns the last closed day. Days without promises are left
    out. Runs that overlap compute the same."""
    last = deps.record.latest_root(shop.id)
    until = last_settled(deps)
    since = last.day + timedelta(days=1) if last else _FIRST_DAY
    if since > until:
        return last
    for day, leaves in groupby(deps.record.leaves(shop.id, since, until), key=_day):
        root = close_day(day, leaves, last.chain if last else BEGINNING)
        deps.record.publish_root(shop.id, root)
        last = root
    return last


def last_settled(deps: Deps) -> date:
    """The last day (UTC) to which no promise is added any more."""
    return (deps.now() - _SETTLED).date() - timedelta(days=1)


def _day(leaf: Leaf) -> date:
    return leaf.day


def closed_leaves(deps: Deps, shop: Shop, day: date) -> Iterator[Leaf]:
    """The leaves of a closed day, by their ids."""
    return deps.record.leaves(shop.id, day, day)
