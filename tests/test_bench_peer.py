"""The bench beside django-helpdesk, as far as it goes without django-helpdesk: what is asked of its worker is what the
worker can do, our side does each job, and only the same work is compared."""

import ast
from pathlib import Path
from typing import Any

import pytest

from bench.peer import theirs
from bench.peer.__main__ import JOBS, Job, measured
from bench.peer.ours import aftercare
from bench.peer.work import WAITING, Done, Ticket

WORKER = Path(theirs.__file__).with_name("jobs.py")


def worker_jobs() -> dict[str, set[str]]:
    """The arguments of each job. The module cannot be imported here: it needs Django."""
    functions = [
        each for each in ast.parse(WORKER.read_text(encoding="utf-8")).body if isinstance(each, ast.FunctionDef)
    ]
    return {each.name: {one.arg for one in each.args.args} for each in functions if not each.name.startswith("_")}


def test_the_worker_is_asked_for_its_jobs_with_their_arguments() -> None:
    asked = dict[str, set[str]]()

    def ask(job: str, **arguments: Any) -> dict[str, Any]:
        asked[job] = set(arguments)
        return {"cookie": "sessionid=x", "seconds": 0.01, "mails": 2}

    peer = theirs.prepared(ask)
    for job in JOBS:
        job.theirs(peer, Ticket(1))
    assert asked == worker_jobs()


def test_our_side_does_each_job() -> None:
    with aftercare() as ours:
        done = [job.ours(ours, Ticket(number)) for number, job in enumerate(JOBS, 1)]
    assert [each.mails for each in done] == [job.mails for job in JOBS]
    assert sorted(done[0].shown) == sorted(WAITING)
    assert all(each.seconds > 0 for each in done)


def compared(ours: list[Done], theirs: list[Done], mails: int = 2) -> tuple[float, float]:
    left, right = iter(ours), iter(theirs)
    sides: Any = None
    job = Job("x", lambda *_: next(left), lambda *_: next(right), mails, 2)
    figure = measured(job, sides, sides, range(len(ours)))
    return figure.value, figure.floor


def test_the_best_round_of_each_counts() -> None:
    assert compared([Done(3, 2), Done(2, 2)], [Done(1, 2), Done(4, 2)]) == (2000, 1000)


@pytest.mark.parametrize("theirs", [Done(1, mails=1), Done(1, mails=3)])
def test_with_another_number_of_mails_there_is_no_figure(theirs: Done) -> None:
    with pytest.raises(AssertionError):
        compared([Done(3, 2)], [theirs])


def test_a_list_with_fewer_tickets_gives_no_figure() -> None:
    whole = Done(1, shown=WAITING)
    assert compared([whole], [whole], mails=0) == (1000, 1000)
    with pytest.raises(AssertionError):
        compared([whole], [Done(1, shown=WAITING[1:])], mails=0)
