"""What a change of an order adds to the counters of promises kept and missed (decision 212), and that it is a new one
(decision 283)."""

from datetime import datetime

from chalicelib.rules.orders.duties.promising import PROMISES, known_late
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.clocks import Clock, Clocks
from chalicelib.rules.tickets.ticket import KindCount, SlaCount


def counted(before: Order | None, after: Order, now: datetime) -> tuple[SlaCount, ...]:
    """The promises that the change kept or missed, and whether the order is new (imported ones, which were placed long
    before, do not count). A missed one counts once: when its due step is taken, or when it is
    met late before that."""
    known = before.clocks if before else Clocks()
    by = tuple(filter(None, (_counted(each, _was(known, each)) for each in after.clocks.only(*PROMISES))))
    orders = int(before is None and not known_late(after, state(after.events)))
    kept, missed = sum(each.kept for each in by), sum(each.missed for each in by)
    return (SlaCount(after.shop, now, kept, missed, by, orders),) if by or orders else ()


def _counted(clock: Clock, was: Clock | None) -> KindCount | None:
    kept = int(is_kept(clock) and not is_kept(was))
    missed = int(is_missed(clock) and not is_missed(was))
    return KindCount(f"order_{clock.name}", kept, missed) if kept or missed else None


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
