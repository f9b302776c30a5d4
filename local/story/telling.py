"""`make story`: plays a whole complaint on a stack of its own, moving its clock, and writes it down.

It fails on every difference from the plot: another state, a promise on another day, an additional mail.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from local.console import line
from local.story import playing
from local.story.acts import SWIFT, TOM, Chapter, Step, look
from local.story.book import written
from local.story.plot import STEPS
from local.story.stage import Sent, Stage, WentWrong, promised


def main(book: Path, policy: Path) -> int:
    """Play and write the story. Returns 0 if all went as planned, else 1 after a sentence."""
    return playing.played(
        policy,
        lambda _, stage: [_played(stage, step) for step in STEPS],
        lambda chapters, stage: _book(list(chapters), stage),
        book,
        lambda chapter: chapter.mails,
    )


def _book(chapters: list[Chapter], stage: Stage) -> str:
    kept = datetime.fromisoformat(promised(chapters[-1].ticket)["retain"])
    line(f"The ticket is kept until {kept:%A %d %B %Y}, then deleted.")
    return written(chapters, stage.refs)


def _played(stage: Stage, step: Step) -> Chapter:
    """Move the clock, work off the due-work index as the schedule would, do the step's action, and check the result."""
    before = stage.mails() if stage.ref else []
    stage.move_clock(step.moment)
    stage.call("escalate_overdue", {})
    act = step.do(stage)
    mails = playing.in_order(step, stage.mails_after(before, len(step.mails)))
    ticket, digest = look(stage), _digest(stage, step)
    playing.check_mails(step, mails, digest)
    _checked(step, ticket, mails)
    line(f"{step.moment:%a %Y-%m-%d %H:%M}  {step.what}")
    return Chapter(step.moment, step.what, act, (*mails, *digest), ticket)


def _checked(step: Step, ticket: Mapping[str, Any], mails: list[Sent]) -> None:
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
