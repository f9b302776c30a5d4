"""The worker processes in which the embedded AWS runs the functions, for tests that kill them during their work.
Each function has its own warm workers, children of the emulator; one that ends is replaced."""

import subprocess
from pathlib import Path

from local import state


def pids(data: Path, function: str | None = None) -> list[int]:
    """Process ids of the workers of the stack on DATA: of one function (its name in app.py) or of all."""
    stack = state.running(data)
    # A worker's script lies in a directory named after its function.
    wanted = f"ministack-lambda-{stack.functions[function] if function else ''}"
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], check=True, capture_output=True, text=True)
    found = []
    for line in listed.stdout.splitlines():
        pid, parent, command = line.split(maxsplit=2)
        if int(parent) == stack.emulator_pid and wanted in command:
            found.append(int(pid))
    return found
