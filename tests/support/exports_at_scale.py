"""Exports many tickets with their messages, which are made only when they are read: `python -m
tests.support.exports_at_scale TICKETS FORMAT FILE STEPS` writes the file in runs of STEPS steps. It prints the numbers
of tickets, messages and runs, and the process's peak memory (on Linux in kilobytes)."""

import itertools
import resource
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chalicelib.rules.tickets.ticket import Message, Ticket
from chalicelib.services.exports.ticket_exports import export_tickets
from tests.support import samples
from tests.support.store.fakes import START, FakeRun, world
from tests.support.store.files import FakeFiles
from tests.support.store.memory.whole import FakeStore
from tests.support.store.whole import on

FEW, MANY = 1_000, 20_000
# The large export may use at most this many times the memory of the small one.
LIMIT = 1.3
DAYS = 10
REPLIES = 3
SINCE = START.date()
# Customers' texts that a spreadsheet would evaluate as a formula, used in turn.
FORMULAS = ("=1+1", "+1+1", "-1+1", '=HYPERLINK("http://example.com","x")', "\t=1+1", "@SUM(1;1)")


class Endless(FakeStore):
    """Tickets of ten days; each is made when it is read, and not kept."""

    def __init__(self, tickets: int) -> None:
        super().__init__()
        self._a_day = tickets // DAYS
        self._ticket = samples.ticket()
        change = samples.reply(self._ticket, text=samples.WORDS)
        self._reply = samples.message_of(change)

    def opened_on(self, shop: str, day: date, limit: int, after: str = "") -> list[str]:
        number = (day - SINCE).days
        begin = int(after[9:14]) + 1 if after else 0
        numbers = range(begin, min(begin + limit, self._a_day))
        return [f"NL-{number:05d}-{ticket:05d}" for ticket in numbers]

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        opening = replace(self._ticket.opening, ref=ref, text=f"=1+1 {ref}\n{samples.WORDS}")
        at = START + timedelta(days=int(ref[3:8]))
        subject = FORMULAS[int(ref[9:14]) % len(FORMULAS)]
        ticket = replace(self._ticket, ref=ref, opening=opening, opened_at=at, subject=subject)
        return ticket, [replace(self._reply, ref=ref, id=f"reply{number}") for number in range(REPLIES)]


class Written(FakeFiles):
    """Writes parts directly to a file. In memory it keeps only the latest of the work files beside it."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file.open("wb")

    def put_part(self, key: str, upload: str, number: int, content: bytes) -> str:
        if "/work/" in key:
            return super().put_part(key, upload, number, content)
        self._file.write(content)
        self._file.flush()
        return str(number)

    def join_parts(self, key: str, upload: str, parts: Sequence[str]) -> None:
        if "/work/" in key:
            self.kept.clear()
            super().join_parts(key, upload, parts)
        else:
            self._file.close()


def run(tickets: int, format: str, file: Path, steps: int) -> tuple[dict[str, Any], int]:
    """Run the export to its end; return the last run's answer and the number of runs."""
    here = world()
    deps = on(here.deps, Endless(tickets), files=Written(file))
    days = {"from": SINCE.isoformat(), "to": (SINCE + timedelta(days=DAYS - 1)).isoformat()}
    event = {"shop": "northlight", "format": format, "messages": True} | days
    for runs in itertools.count(1):
        answer = export_tickets(deps, event, FakeRun(steps))
        if answer["finished"]:
            return answer, runs
        here.clock.advance(seconds=1)
    raise AssertionError


def peak() -> int:
    """The peak memory of this process only: on Linux, ru_maxrss may be the parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = status.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    answer, runs = run(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    print(answer["tickets"], answer["messages"], runs, peak())
