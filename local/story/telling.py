"""`make story`: plays a whole complaint on a stack of its own, moving its clock, and writes it down.

It fails on every difference from the plot: another state, a promise on another day, an additional mail.
"""

import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from local import testing
from local.console import line
from local.story.acts import SWIFT, TOM, Chapter, Step, look
from local.story.book import written
from local.story.plot import STEPS
from local.story.stage import Sent, Stage, WentWrong, promised

# Lines of the stack's log to show after a failure.
_SHOWN = 30


def main(book: Path, policy: Path) -> int:
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
            chapters = [_played(stage, step) for step in STEPS]
        except WentWrong as error:
            output = started.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN:]
            print(error, "", "The last that the stack said:", *output, sep="\n", file=sys.stderr)
            return 1
        finally:
            started.stop()
    book.write_text(written(chapters, stage.refs), encoding="utf-8")
    kept = datetime.fromisoformat(promised(chapters[-1].ticket)["retain"])
    mails = sum(len(chapter.mails) for chapter in chapters)
    line(f"The ticket is kept until {kept:%A %d %B %Y}, then deleted.")
    line(f"{len(chapters)} steps, {mails} mails, all as they should be ({time.monotonic() - began:.0f} s): {book}")
    return 0


def _played(stage: Stage, step: Step) -> Chapter:
    """Move the clock, work off the due-work index as the schedule would, do the step's action, and check the result."""
    before = stage.mails() if stage.ref else []
    stage.move_clock(step.moment)
    stage.call("escalate_overdue", {})
    act = step.do(stage)
    mails = _in_order(step, stage.mails_after(before, len(step.mails)))
    ticket, digest = look(stage), _digest(stage, step)
    if any(mail.date.replace(second=0) > step.moment for mail in (*mails, *digest)):
        raise WentWrong(f"{step.at}: the step took more than a minute. Try again when this machine is less busy.")
    _checked(step, ticket, mails)
    line(f"{step.moment:%a %Y-%m-%d %H:%M}  {step.what}")
    return Chapter(step.moment, step.what, act, (*mails, *digest), ticket)


def _in_order(step: Step, mails: list[Sent]) -> list[Sent]:
    """The step's mails in the plot's order; they may be sent in any order."""
    rank = {address: place for place, (address, _) in enumerate(step.mails)}
    return sorted(mails, key=lambda mail: rank.get(mail.address, len(rank)))


def _checked(step: Step, ticket: Mapping[str, Any], mails: list[Sent]) -> None:
    found = [f"to {mail.address}: {mail.subject}" for mail in mails]
    fitting = len(mails) == len(step.mails) and all(
        mail.address == address and words in mail.subject
        for mail, (address, words) in zip(mails, step.mails, strict=True)
    )
    if not fitting:
        raise WentWrong(f"{step.at} ({step.what}): the mails should be {list(step.mails)}, but are {found}.")
    if any("mira" in f"{mail.subject} {mail.text}".lower() for mail in mails if mail.address == SWIFT):
        raise WentWrong(f"{step.at} ({step.what}): the courier is told who the customer is.")
    for name, wanted in (("state", step.state), ("priority", step.priority), ("assignee", step.assignee)):
        if ticket[name] != wanted:
            raise WentWrong(f"{step.at} ({step.what}): the {name} should be {wanted}, but is {ticket[name]}.")
    if promised(ticket) != step.clocks:
        raise WentWrong(f"{step.at} ({step.what}): promised should be {step.clocks}, but is {promised(ticket)}.")


def _digest(stage: Stage, step: Step) -> list[Sent]:
    """The owner's digest of this day if the step expects one. On other days the schedule may send one, depending on the
    real time."""
    days = [(mail.address, mail.date.date()) for mail in stage.digests()]
    if len(days) != len(set(days)):
        raise WentWrong(f"{step.at}: somebody got two digests on one day: {days}")
    found = [m for m in stage.digests() if m.address == TOM and m.date.date() == step.moment.date()]
    if step.digest and not found:
        raise WentWrong(f"{step.at}: the owner got no digest.")
    return found if step.digest else []
