"""A figure beside its floor, and how times are taken: interleaved, and the best of several. Other work on the machine
makes a run slower, never faster, so the best of several is the code's own time."""

import math
import timeit
from collections.abc import Callable
from dataclasses import dataclass

REPEATS = 7
# At least this much work is timed at once: far above the clock's resolution.
LEAST_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Figure:
    """What something takes, beside the least that it could take; both in `unit`."""

    name: str
    value: float
    floor: float
    unit: str

    @property
    def ratio(self) -> float | None:
        """The multiple of the floor; None if the floor is zero."""
        return self.value / self.floor if self.floor else None


def timed(name: str, ours: Callable[[], object], floor: Callable[[], object]) -> Figure:
    """The time of a call of ours, and of one of the floor, in milliseconds."""
    timers = [(timer, _calls(timer)) for timer in (timeit.Timer(ours), timeit.Timer(floor))]
    rounds = [[timer.timeit(calls) / calls for timer, calls in timers] for _ in range(REPEATS)]
    value, least = (1000 * min(times) for times in zip(*rounds, strict=True))
    return Figure(name, value, least, "ms")


def _calls(timer: timeit.Timer) -> int:
    """The number of calls in one repeat; the very first call fills caches and does not count."""
    timer.timeit(1)
    return math.ceil(LEAST_SECONDS / timer.timeit(1))
