"""What a change of an order adds to the counters of promises kept and missed (decision 212), and that it is a new one
(decision 258)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from chalicelib.rules.orders.duties.promising import PROMISES, known_late
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.record.counting import Finished, SlaCount
from chalicelib.rules.tickets.clocks import Clock, Clocks


def counted(before: Order | None, after: Order, now: datetime) -> tuple[SlaCount, ...]:
    """The promises that the change kept or missed, and whether the order is new (imported ones, which were placed long
    before, do not count). A missed one counts once: when its due step is taken, or when it is
    met late before that."""
    known = before.clocks if before else Clocks()
    promises = after.clocks.only(*PROMISES)
    kept = [each for each in promises if is_kept(each) and not is_kept(_was(known, each))]
    missed = [each for each in promises if is_missed(each) and not is_missed(_was(known, each))]
    finished = (*_finished(after, kept, kept=True), *_finished(after, missed, kept=False))
    orders = int(before is None and not known_late(after, state(after.events)))
    return (SlaCount(after.shop, now, len(kept), len(missed), finished, orders),) if finished or orders else ()


def _finished(order: Order, clocks: Iterable[Clock], *, kept: bool) -> Iterator[Finished]:
    return (Finished(order.ref, f"order_{each.name}", each.name, each.set_at, each.due, kept) for each in clocks)


def is_kept(clock: Clock | None) -> bool:
    return clock is not None and clock.met_at is not None and clock.met_at <= clock.due


def is_missed(clock: Clock | None) -> bool:
    """Whether it was broken, and a step has said so, or it was met since."""
    if clock is None:
        return False
    if clock.met_at:
        return clock.met_at > clock.due
    return clock.next_at is not None and clock.next_at > clock.due


def _was(clocks: Clocks, clock: Clock) -> Clock | None:
    """The same promise before: a clock of this name that began at the same time."""
    known = clocks.named(clock.name)
    return known if known and known.set_at == clock.set_at else None
