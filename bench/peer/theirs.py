"""django-helpdesk's side: each method has the worker do a job."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.peer.work import AGENT, OWNER, ROWS, SHOP, WAITING, Done, Ticket
from local.processes import clean_environment

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-peer/bin/python"
Ask = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Theirs:
    """`ask` has a job done by its name and arguments, and returns the worker's answer. `cookie` is the owner's."""

    ask: Ask
    cookie: str

    def inbox(self, _: Ticket) -> Done:
        return _done(self.ask("inbox", cookie=self.cookie, rows=ROWS))

    def form(self, ticket: Ticket) -> Done:
        return _done(self.ask("form", sender=ticket.sender, subject=ticket.subject, words=ticket.words))

    def mail(self, ticket: Ticket) -> Done:
        return _done(self.ask("mail", raw=ticket.raw))

    def escalation(self, ticket: Ticket) -> Done:
        return _done(self.ask("escalation", sender=ticket.sender, subject=ticket.subject, words=ticket.words))


def prepared(ask: Ask) -> Theirs:
    """With the shop, and the tickets that wait there."""
    made = ask("shop", name=SHOP.name, support=SHOP.support, agent=AGENT, owner=OWNER)
    first = Ticket(0)
    ask("waiting", sender=first.sender, subjects=WAITING, words=first.words)
    return Theirs(ask, made["cookie"])


@contextmanager
def peer() -> Iterator[Theirs]:
    command = [str(PYTHON), "-m", "bench.peer.worker"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=clean_environment()
    ) as worker:

        def ask(job: str, **arguments: Any) -> dict[str, Any]:
            assert worker.stdin and worker.stdout
            worker.stdin.write(json.dumps({"job": job} | arguments) + "\n")
            worker.stdin.flush()
            line = worker.stdout.readline()
            if not line:
                raise RuntimeError(f"the worker ended at {job}; what it said is above")
            answer: dict[str, Any] = json.loads(line)
            return answer

        yield prepared(ask)


def _done(answer: dict[str, Any]) -> Done:
    return Done(answer["seconds"], answer.get("mails", 0), tuple(answer.get("shown", ())))
