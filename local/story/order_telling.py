"""Plays an order's life on a stack of its own, moving its clock, and writes it down as docs/story-order.md.

It fails on every difference from the plot: a mail too many or too few, another day of the next word.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from local import testing
from local.aws import emulator
from local.console import line
from local.story import book
from local.story.order_acts import OrderStep, System
from local.story.order_plot import NUMBER, STEPS
from local.story.stage import ZONE, Sent, Stage, WentWrong
from local.testing import Started

_SHOWN = 30
_INTRODUCTION = """# An order, from beginning to end
This is what Aftercare does with an order, told by the mails it sends. `make story` lives it through on a stack of its
own, by a clock that is moved on, checks every step, and writes this page; nothing here is written by hand.

**Mira Holm** orders a lamp and bulbs at Northlight Lamps, a shop in Berlin, where **Ada Lindqvist** answers customers.
The shop's own system says what happens, by signed events ([connect](connect/README.md)). What is promised stands in
`[defaults.orders]` of [policy.toml](../tests/support/policy.toml). Times are Berlin's, and links are shortened.

While something is under way, a clock runs from each letter: when it is over, she hears how far her order is, even if
nothing has happened. The day is below each step."""


@dataclass(frozen=True, slots=True)
class _Chapter:
    step: OrderStep
    act: object
    mails: tuple[Sent, ...]


def main(page: Path, policy: Path) -> int:
    """Play and write the story. Returns 0 if all went as planned, else 1 after a sentence."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aftercare-story-") as data:
        try:
            started = testing.start(Path(data), policy)
        except testing.NotReady as error:
            print(error, file=sys.stderr)
            return 1
        try:
            stage = Stage(started)
            stage.ref = NUMBER
            system = System(started, stage, NUMBER)
            chapters = [_played(started, stage, system, step) for step in STEPS]
        except WentWrong as error:
            output = started.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN:]
            print(error, "", "The last that the stack said:", *output, sep="\n", file=sys.stderr)
            return 1
        finally:
            started.stop()
    parts = [_INTRODUCTION, *(_written(number, each) for number, each in enumerate(chapters, start=1))]
    page.write_text(book.alike("\n\n".join(parts)) + "\n", encoding="utf-8")
    mails = sum(len(chapter.mails) for chapter in chapters)
    line(f"{len(chapters)} steps, {mails} mails, all as they should be ({time.monotonic() - began:.0f} s): {page}")
    return 0


def _played(started: Started, stage: Stage, system: System, step: OrderStep) -> _Chapter:
    """Move the clock, work off what is due, as the schedule would, do the step's act, and check the result."""
    before = stage.mails()
    stage.move_clock(step.moment)
    stage.call("escalate_overdue", {})
    act = step.do(system, stage)
    if isinstance(act, Mapping):
        stage.until(lambda: _has(started, act), f"{step.at}: the event has not come to the order", str)
    rank = {address: place for place, (address, _) in enumerate(step.mails)}
    new = stage.mails_after(before, len(step.mails))
    mails = sorted(new, key=lambda mail: rank.get(mail.address, len(rank)))
    if any(mail.date.replace(second=0) > step.moment for mail in mails):
        raise WentWrong(f"{step.at}: the step took more than a minute. Try again when this machine is less busy.")
    _checked(started, step, mails)
    line(f"{step.moment:%a %Y-%m-%d %H:%M}  {step.what}")
    return _Chapter(step, act, tuple(mails))


def _checked(started: Started, step: OrderStep, mails: Sequence[Sent]) -> None:
    found = [f"to {mail.address}: {mail.subject}" for mail in mails]
    fitting = len(mails) == len(step.mails) and all(
        mail.address == address and words in mail.subject
        for mail, (address, words) in zip(mails, step.mails, strict=True)
    )
    if not fitting:
        raise WentWrong(f"{step.at} ({step.what}): the mails should be {list(step.mails)}, but are {found}.")
    if (day := _next_word(started)) != step.next_word:
        raise WentWrong(f"{step.at} ({step.what}): the next word should be due {step.next_word!r}, but is {day!r}.")


def _order(started: Started) -> dict[str, Any]:
    """The only order on the stack, as the table has it; empty before its first event."""
    table = emulator.client("dynamodb", started.stack.endpoint)
    wanted = {"FilterExpression": "sk = :order", "ExpressionAttributeValues": {":order": {"S": "ORDER"}}}
    pages = table.get_paginator("scan").paginate(
        TableName=started.stack.resources["Table"], ConsistentRead=True, **wanted
    )
    return next((item for page in pages for item in page["Items"]), {})


def _has(started: Started, event: Mapping[str, Any]) -> bool:
    """Whether the order knows of this event."""
    events = [each["M"] for each in _order(started).get("events", {"L": []})["L"]]
    at = datetime.fromisoformat(event["timestamp"])
    return any(
        each["kind"]["S"] == event["type"] and datetime.fromisoformat(each["occurred_at"]["S"]) == at for each in events
    )


def _next_word(started: Started) -> str:
    """The day until which the customer hears again; "" if none is promised."""
    clocks = [each["M"] for each in _order(started)["clocks"]["L"]]
    due = next((each["due"]["S"] for each in clocks if each["name"]["S"] == "silence" and "met_at" not in each), "")
    return f"{datetime.fromisoformat(due).astimezone(ZONE):%Y-%m-%d}" if due else ""


def _written(number: int, chapter: _Chapter) -> str:
    return "\n\n".join([f"## {number}. {book.when(chapter.step.moment)}", chapter.step.what, *_told(chapter)])


def _told(chapter: _Chapter) -> Iterator[str]:
    if isinstance(chapter.act, Mapping):
        yield "**The shop's system tells**"
        yield book.fenced(json.dumps(chapter.act, indent=2, ensure_ascii=False), "json")
    yield from book.mails(chapter.mails)
    if chapter.step.next_word:
        day = datetime.fromisoformat(chapter.step.next_word)
        yield f"Mira hears again by {day:%A} {day.day} {day:%B} at the latest."
