"""Plays an order's life on a stack of its own, moving its clock, and writes it down as docs/story-order.md.

It fails on every difference from the plot: a mail too many or too few, another day of the next word.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from local.aws import emulator
from local.console import line
from local.story import book, playing
from local.story.order_acts import OrderStep, System
from local.story.order_plot import NUMBER, STEPS
from local.story.stage import ZONE, Sent, Stage, WentWrong
from local.testing import Started

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
    return playing.played(policy, _lived, lambda chapters, _: _page(chapters), page, lambda chapter: chapter.mails)


def _lived(started: Started, stage: Stage) -> list[_Chapter]:
    stage.ref = NUMBER
    system = System(started, stage, NUMBER)
    return [_played(started, stage, system, step) for step in STEPS]


def _page(chapters: Sequence[_Chapter]) -> str:
    parts = [_INTRODUCTION, *(_written(number, each) for number, each in enumerate(chapters, start=1))]
    return book.alike("\n\n".join(parts)) + "\n"


def _played(started: Started, stage: Stage, system: System, step: OrderStep) -> _Chapter:
    """Move the clock, work off what is due, as the schedule would, do the step's act, and check the result."""
    before = stage.mails()
    stage.move_clock(step.moment)
    stage.call("escalate_overdue", {})
    act = step.do(system, stage)
    if isinstance(act, Mapping):
        stage.until(lambda: _has(started, act), f"{step.at}: the event has not come to the order", str)
    mails = playing.in_order(step, stage.mails_after(before, len(step.mails)))
    playing.check_mails(step, mails)
    _checked(started, step)
    line(f"{step.moment:%a %Y-%m-%d %H:%M}  {step.what}")
    return _Chapter(step, act, tuple(mails))


def _checked(started: Started, step: OrderStep) -> None:
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
