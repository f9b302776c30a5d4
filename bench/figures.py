"""A figure beside its floor, and how times are taken: interleaved, and the best of several. Other work on the machine
makes a run slower, never faster, so the best of several is the code's own time. Starting a process depends on much
else: there the median counts."""

import math
import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

REPEATS = 7
# So much work at least is timed at once: far above what the clock can tell apart.
LEAST_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Figure:
    """What something takes, beside the least that it could take; both in `unit`. `bound`: the largest multiple of the
    floor that it may take; the bench fails above it."""

    name: str
    value: float
    floor: float
    unit: str
    bound: float

    @property
    def ratio(self) -> float | None:
        """The multiple of the floor; None if the floor is zero."""
        return self.value / self.floor if self.floor else None

    @property
    def above_bound(self) -> bool:
        return self.ratio is None or self.ratio > self.bound


def timed(
    name: str,
    ours: Callable[[], object],
    floor: Callable[[], object],
    bound: float,
    clock: Callable[[], float] = time.perf_counter,
) -> Figure:
    """How long a call of ours takes, and one of the floor, in milliseconds of `clock`."""
    timers = [(timer, _calls(timer)) for timer in (timeit.Timer(each, timer=clock) for each in (ours, floor))]
    rounds = [[timer.timeit(calls) / calls for timer, calls in timers] for _ in range(REPEATS)]
    value, least = (1000 * min(times) for times in zip(*rounds, strict=True))
    return Figure(name, value, least, "ms", bound)


def medians(runs: list[Callable[[], float]], rounds: int) -> list[float]:
    """What each run measures, as the median of so many rounds in which all take turns; one round before fills caches
    and does not count."""
    measured = [[run() for run in runs] for _ in range(1 + rounds)][1:]
    return [median(each) for each in zip(*measured, strict=True)]


def _calls(timer: timeit.Timer) -> int:
    """How many calls make one repeat; the first call of all fills caches and tells nothing."""
    timer.timeit(1)
    return math.ceil(LEAST_SECONDS / timer.timeit(1))
