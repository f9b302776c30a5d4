"""The time an export adds to reading its tickets with their messages, all of it and the processor's, and that its
memory does not grow with their number. On the embedded AWS over HTTP, which also provides the bucket; every run is a
new process."""

import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

from bench import exporting
from bench.figures import Figure
from bench.store import dynamodb
from local.aws import emulator

FLOOR = "a bare paginated query of the same items (of memory: an export of 1000 tickets)"
FEW, MANY = 1_000, 20_000
# The large number takes minutes: it runs once, in the most used format.
SERIES = ((FEW, ("csv", "xlsx", "jsonl"), 3), (MANY, ("csv",), 1))
# What an export may take beside the floor: of time, and of memory. Of the large number only the processor's time
# counts: for each page of an index the embedded AWS reads its whole table, and an export asks for shorter pages.
TIME, MEMORY = 1.2, 1.3


class Took(NamedTuple):
    """What a run took: seconds, the processor's seconds, kilobytes."""

    seconds: float
    processor: float
    peak: float


def figures() -> Iterator[Figure]:
    with dynamodb() as (where, client):
        if where == "moto":
            print("  left out: no other process reaches moto. `make setup` installs the embedded AWS.")
            return
        address = client.meta.endpoint_url
        emulator.client("s3", address).create_bucket(
            Bucket=exporting.BUCKET, CreateBucketConfiguration={"LocationConstraint": emulator.REGION}
        )
        peaks: dict[tuple[int, str], float] = {}
        for tickets, formats, rounds in SERIES:
            exporting.fill(client, tickets)
            for figure, peak in _series(address, tickets, formats, rounds):
                yield figure
                format = figure.name.rpartition(" as ")[2]
                peaks[tickets, format] = peak
        for (tickets, format), peak in peaks.items():
            if tickets == MANY:
                yield Figure(f"peak of memory, {MANY} as {format}", peak, peaks[FEW, format], "KB", MEMORY)


def _series(address: str, tickets: int, formats: tuple[str, ...], rounds: int) -> Iterator[tuple[Figure, float]]:
    """Each format's figures, and its peak memory. The rounds are interleaved with the floor's."""
    took = [
        {name: _took(address, tickets, name, round) for name in (exporting.FLOOR, *formats)} for round in range(rounds)
    ]
    best = {name: Took(*map(min, zip(*(round[name] for round in took), strict=True))) for name in took[0]}
    floor = best[exporting.FLOOR]
    for format in formats:
        name, peak = f"{tickets} tickets of {exporting.REPLIES} replies", max(round[format].peak for round in took)
        if tickets == FEW:
            yield Figure(f"{name} as {format}", 1000 * best[format].seconds, 1000 * floor.seconds, "ms", TIME), peak
        processor = 1000 * best[format].processor, 1000 * floor.processor
        yield Figure(f"{name}, processor, as {format}", *processor, "ms", TIME), peak


def _took(address: str, tickets: int, name: str, round: int) -> Took:
    """A run in its own process."""
    command = [sys.executable, "-m", "bench.exporting", address, str(tickets), name, str(round)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Took(*map(float, printed.split()))
