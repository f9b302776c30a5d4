"""A figure beside its floor, and how times are taken: interleaved, and the best of several.
What else the machine does makes a run slower, never faster: the best of several is what the code takes."""

import math
import timeit
from collections.abc import Callable
from dataclasses import dataclass

REPEATS = 7
# So much work at least is timed at once: far above what the clock can tell apart.
LEAST_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Figure:
    """What something takes, beside the least it could; both in `unit`."""

    name: str
    value: float
    floor: float
    unit: str

    @property
    def ratio(self) -> float | None:
        """How many times the floor; None where the floor is nothing at all."""
        return self.value / self.floor if self.floor else None


def timed(name: str, ours: Callable[[], object], floor: Callable[[], object]) -> Figure:
    """How long a call of ours takes, and one of the floor, in milliseconds."""
    timers = [(timer, _calls(timer)) for timer in (timeit.Timer(ours), timeit.Timer(floor))]
    rounds = [[timer.timeit(calls) / calls for timer, calls in timers] for _ in range(REPEATS)]
    value, least = (1000 * min(times) for times in zip(*rounds, strict=True))
    return Figure(name, value, least, "ms")


def _calls(timer: timeit.Timer) -> int:
    """How many calls make one repeat; the first call of all fills caches and tells nothing."""
    timer.timeit(1)
    return math.ceil(LEAST_SECONDS / timer.timeit(1))
