"""A cold start: processor time from the start of a function's process to the end of its first event, in the package as
it ships."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench import cold
from bench.cold import Stage
from bench.figures import Figure, medians

FLOOR = "importing boto3 as pip installs it, making a client and one PutItem"
ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Started:
    """What starts, and how many times the floor it may take."""

    name: str
    run: Callable[[Stage], float]
    bound: float


# A tenth above the most that a busy machine measured. With classes or expressions compiled at the start, the first
# ticket by form is above it.
STARTS = (
    Started("cold start to the first ticket by form", Stage.form, 1.35),
    Started("cold start to the first ticket by mail", Stage.mail, 1.65),
    Started("cold start to the first page (the form)", Stage.page, 1.4),
    Started("cold start to the first mails sent", Stage.send, 1.4),
    Started("cold start to the first search index entries", Stage.index, 1.25),
    Started("cold start to the first legal hold", Stage.hold, 1.25),
)


def figures() -> Iterator[Figure]:
    with cold.stage(lambda line: print(f"  {line}", file=sys.stderr)) as stage:
        floor, *taken = medians([stage.bare_put, *(lambda run=each.run: run(stage) for each in STARTS)], ROUNDS)
        for each, seconds in zip(STARTS, taken, strict=True):
            yield Figure(each.name, 1000 * seconds, 1000 * floor, "ms", each.bound)
