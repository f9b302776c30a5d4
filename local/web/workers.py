"""The processes the embedded AWS runs the functions in, for tests that kill them in the middle of their work.
Each function has warm worker processes of its own, children of the emulator; one that is gone is replaced."""

import subprocess
from pathlib import Path

from local import state


def pids(data: Path, function: str | None = None) -> list[int]:
    """The worker processes of the stack running on DATA, of one function (its name in app.py) or of all."""
    stack = state.running(data)
    # A worker's script lies in a directory named after the function it works for.
    wanted = f"ministack-lambda-{stack.functions[function] if function else ''}"
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], check=True, capture_output=True, text=True)
    found = []
    for line in listed.stdout.splitlines():
        pid, parent, command = line.split(maxsplit=2)
        if int(parent) == stack.emulator_pid and wanted in command:
            found.append(int(pid))
    return found
