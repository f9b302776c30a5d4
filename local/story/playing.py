"""How a story is played: on a stack of its own, whose clock is moved, step by step; and how its mails are checked."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from local import testing
from local.console import line
from local.story.stage import Sent, Stage, WentWrong
from local.testing import Started

# Lines of the stack's log to show after a failure.
_SHOWN = 30
_Chapter = TypeVar("_Chapter")


class Planned(Protocol):
    """A step of a plot: when and what, and the mails it brings, each with its address and words of its subject."""

    @property
    def at(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def moment(self) -> datetime: ...
    @property
    def mails(self) -> Sequence[tuple[str, str]]: ...


def played(
    policy: Path,
    play: Callable[[Started, Stage], Sequence[_Chapter]],
    write: Callable[[Sequence[_Chapter], Stage], str],
    page: Path,
    mails: Callable[[_Chapter], Sequence[Sent]],
) -> int:
    """Play a story and write its page. Returns 0 if all went as planned, else 1 after a sentence."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="aftercare-story-") as data:
        try:
            started = testing.start(Path(data), policy)
        except testing.NotReady as error:
            print(error, file=sys.stderr)
            return 1
        try:
            stage = Stage(started)
            chapters = play(started, stage)
        except WentWrong as error:
            output = started.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN:]
            print(error, "", "The last that the stack said:", *output, sep="\n", file=sys.stderr)
            return 1
        finally:
            started.stop()
    page.write_text(write(chapters, stage), encoding="utf-8")
    count = sum(len(mails(chapter)) for chapter in chapters)
    line(f"{len(chapters)} steps, {count} mails, all as they should be ({time.monotonic() - began:.0f} s): {page}")
    return 0


def in_order(step: Planned, mails: Iterable[Sent]) -> list[Sent]:
    """The step's mails in the plot's order; they may be sent in any order."""
    rank = {address: place for place, (address, _) in enumerate(step.mails)}
    return sorted(mails, key=lambda mail: rank.get(mail.address, len(rank)))


def check_mails(step: Planned, mails: Sequence[Sent], others: Iterable[Sent] = ()) -> None:
    """Raises WentWrong unless these are the mails of the plot, in time. `others`: mails that need only be in time."""
    if any(mail.date.replace(second=0) > step.moment for mail in (*mails, *others)):
        raise WentWrong(f"{step.at}: the step took more than a minute. Try again when this machine is less busy.")
    found = [f"to {mail.address}: {mail.subject}" for mail in mails]
    fitting = len(mails) == len(step.mails) and all(
        mail.address == address and words in mail.subject
        for mail, (address, words) in zip(mails, step.mails, strict=True)
    )
    if not fitting:
        raise WentWrong(f"{step.at} ({step.what}): the mails should be {list(step.mails)}, but are {found}.")
