"""An export of so many tickets with their messages, made as they are asked for: `python -m tests.exporting_at_scale
TICKETS FORMAT FILE` writes the file and prints the process's peak of memory in kilobytes."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chalicelib.rules.tickets import Message, Ticket
from chalicelib.services.ticket_exports import export_tickets
from tests import samples
from tests.fakes import START, FakeFiles, FakeRun, FakeStore, world

DAYS = 10
REPLIES = 3
SINCE = START.date()


class Endless(FakeStore):
    """Tickets of ten days, each made when it is read and kept nowhere."""

    def __init__(self, tickets: int) -> None:
        super().__init__()
        self._a_day = tickets // DAYS
        self._ticket = samples.ticket()
        change = samples.reply(self._ticket, text=samples.WORDS)
        self._reply = samples.message_of(change)

    def opened_on(self, shop: str, day: date, most: int, after: str = "") -> list[str]:
        number = (day - SINCE).days
        begin = int(after[9:14]) + 1 if after else 0
        every = range(begin, min(begin + most, self._a_day))
        return [f"NL-{number:05d}-{ticket:05d}" for ticket in every]

    def conversation(self, ref: str) -> tuple[Ticket | None, list[Message]]:
        opening = replace(self._ticket.opening, ref=ref, text=f"=1+1 {ref}\n{samples.WORDS}")
        at = START + timedelta(days=int(ref[3:8]))
        ticket = replace(self._ticket, ref=ref, opening=opening, opened_at=at)
        return ticket, [replace(self._reply, ref=ref, id=f"reply{number}") for number in range(REPLIES)]


class Written(FakeFiles):
    """Puts parts straight into a file."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file.open("wb")

    def put_part(self, key: str, upload: str, number: int, content: bytes) -> str:
        self._file.write(content)
        self._file.flush()
        return str(number)

    def join_parts(self, key: str, upload: str, parts: Sequence[str]) -> None:
        self._file.close()


def run(tickets: int, format: str, file: Path) -> dict[str, Any]:
    here = world()
    deps = replace(here.deps, store=Endless(tickets), files=Written(file))
    days = {"from": SINCE.isoformat(), "to": (SINCE + timedelta(days=DAYS - 1)).isoformat()}
    return export_tickets(deps, {"shop": "northlight", "format": format, "messages": True} | days, FakeRun())


def peak() -> int:
    """Of this program alone: what ru_maxrss says may be its parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    answer = run(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    assert answer["finished"], answer
    print(answer["tickets"], answer["messages"], peak())
