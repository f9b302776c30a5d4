"""`python -m bench.peer`: Aftercare beside django-helpdesk, job by job; print a table and write it into
.local/bench-peer.json. The exit status is 1 if a figure is above its bound."""

import itertools
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.figures import Figure
from bench.peer.ours import Ours, aftercare
from bench.peer.theirs import Theirs, peer
from bench.peer.work import WAITING, Done, Ticket
from bench.reporting import FOLDER, report

OUT = FOLDER / "bench-peer.json"
FLOOR = (
    "django-helpdesk at the same work: SQLite's time is in its figures; in ours is boto3's time for the requests to"
    " DynamoDB, S3 and SES, and not the time of these services"
)
# How often each does a job; the best counts.
ROUNDS = 25


@dataclass(frozen=True, slots=True)
class Job:
    """What both do, how many mails it must send, and how many times the floor ours may take."""

    name: str
    ours: Callable[[Ours, Ticket], Done]
    theirs: Callable[[Theirs, Ticket], Done]
    mails: int
    bound: float


# The list comes first, when no other tickets are there. The bounds are a tenth above the most that a busy machine
# measured.
JOBS = (
    Job("the list of 100 tickets, 25 on a page", Ours.inbox, Theirs.inbox, 0, 0.3),
    Job("a ticket by form, with its two mails", Ours.form, Theirs.form, 2, 1.1),
    Job("a ticket by mail, with its two mails", Ours.mail, Theirs.mail, 2, 1.8),
    Job("an escalation, with its two mails", Ours.escalation, Theirs.escalation, 2, 1.9),
)


def figures() -> list[Figure]:
    numbers = itertools.count(1)
    with aftercare() as ours, peer() as theirs:
        return [measured(job, ours, theirs, itertools.islice(numbers, ROUNDS)) for job in JOBS]


def measured(job: Job, ours: Ours, theirs: Theirs, numbers: Iterable[int]) -> Figure:
    """Both do the job for each number, in turn."""
    best = [float("inf")] * 2
    for ticket in map(Ticket, numbers):
        both = job.ours(ours, ticket), job.theirs(theirs, ticket)
        for done in both:
            assert done.mails == job.mails, (job.name, both)
            assert job.mails or sorted(done.shown) == sorted(WAITING), (job.name, both)
        best = [min(least, done.seconds) for least, done in zip(best, both, strict=True)]
    value, floor = (1000 * seconds for seconds in best)
    return Figure(job.name, value, floor, "ms", job.bound)


if __name__ == "__main__":
    sys.exit(report({"peer": (FLOOR, figures)}, OUT))
