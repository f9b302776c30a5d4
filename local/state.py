"""State in DATA besides the data itself: `stack.json`, which describes the running stack, and the lock.
The lock, not the file, tells whether a stack is running: it ends with the process, even after a crash."""

import dataclasses
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STACK_FILE = "stack.json"
LOCK_FILE = "lock"


class InUse(Exception):
    """Another run uses this DATA."""


class NotRunning(Exception):
    """No stack is running on this DATA."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stack:
    """A deployed stack. `resources` maps logical ids and `functions` the names in app.py to physical names."""

    pid: int
    emulator_pid: int
    endpoint: str
    url: str
    mailbox: str
    ports: dict[str, int]
    outputs: dict[str, str]
    resources: dict[str, str]
    functions: dict[str, str]


def write(data: Path, stack: Stack) -> None:
    """Replace the state file in one step: a reader sees either the old one or the new one."""
    new = data / f"{STACK_FILE}.new"
    new.write_text(json.dumps(dataclasses.asdict(stack), indent=2) + "\n", encoding="utf-8")
    new.replace(data / STACK_FILE)


def last(data: Path) -> Stack | None:
    """The stack of this or the last run on this DATA; None if there is no readable one."""
    try:
        return Stack(**json.loads((data / STACK_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def running(data: Path) -> Stack:
    """The stack running on this DATA. Raises NotRunning with a sentence for people."""
    stack = last(data)
    if stack is None or not _locked(data):
        raise NotRunning(f"Nothing is running on {data}. Start it with `make run` (or name its DATA with --data).")
    return stack


@contextmanager
def lock(data: Path) -> Iterator[None]:
    """Hold DATA for this process only. Raises InUse with a sentence for people."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / LOCK_FILE).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise InUse(
                f"{data} is in use by another run (process {holder}); stop that one or choose another with DATA=…"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _locked(data: Path) -> bool:
    try:
        with (data / LOCK_FILE).open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
