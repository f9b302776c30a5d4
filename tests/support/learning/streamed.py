"""The table's stream, as far as it leads to counts by day; and counts for tests."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from chalicelib.rules.learning.causes import Cause, Signal, of_signal
from chalicelib.rules.learning.counted import COUNTED
from chalicelib.services.learning.counting import count
from tests.support.store.fakes import World

DAMAGED = Cause("damaged_in_transit", "courier")


def records(world: World, since: int = 0) -> list[str]:
    """The records after which the stream has tickets counted, by the ticket of each: new ones, and log entries from the
    `since`-th on."""
    entries = [ref for ref, entry in world.store.log[since:] if entry.action in COUNTED]
    return [*world.store.tickets, *entries]


def counted(world: World) -> World:
    """The world, whose tickets are all counted."""
    for ref in records(world):
        count(world.deps, ref)
    return world


def given(world: World, signals: Mapping[int, int], cause: Cause = DAMAGED, **other: int) -> None:
    """So many signals of a cause on the day that is so many days ago; `other`: further counts of each such day."""
    today = world.clock.at.date()
    for ago, number in signals.items():
        counts = world.store.ticket_days.setdefault((world.shop.id, today - timedelta(days=ago)), Counter())
        counts[of_signal(Signal.MISSED, cause)] += number
        counts.update(other)


def day(world: World, ago: int = 0) -> date:
    return world.clock.at.date() - timedelta(days=ago)
