"""Stacks for tests and the story: each is started as by `make run`, on free ports, in a given folder."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from local import state

START_SECONDS = 300
STOP_SECONDS = 120


class NotReady(AssertionError):
    """The stack did not start; the message has what it printed."""


@dataclass(frozen=True, slots=True)
class Started:
    """A stack that this module started."""

    data: Path
    stack: state.Stack
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """End it as Ctrl-C would; return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def start(data: Path, policy: Path, *, rate_limits: str = "off", loop: str = "off", iam: str = "off") -> Started:
    """Start `python -m local run` on DATA with this policy, on any free ports, and wait until it is ready. Raises
    NotReady.

    The setting EMULATOR_PYTHON names the Python of the embedded AWS if it is not `.venv-aws/bin/python`.
    """
    data.mkdir(parents=True, exist_ok=True)
    python = os.environ.get("EMULATOR_PYTHON", ".venv-aws/bin/python")
    log = data / "run.log"
    command = [
        sys.executable,
        "-m",
        "local",
        "run",
        "--data",
        str(data),
        "--policy",
        str(policy),
        "--rate-limits",
        rate_limits,
        "--loop",
        loop,
        "--iam",
        iam,
        "--port",
        "0",
        "--smtp-port",
        "0",
        "--mail-port",
        "0",
        "--emulator-python",
        python,
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        if "\nready" in log.read_text(encoding="utf-8", errors="replace"):
            return Started(data, state.running(data), process, log)
        time.sleep(0.05)
    if process.poll() is None:
        process.terminate()
        process.wait(STOP_SECONDS)
    output = log.read_text(encoding="utf-8", errors="replace")
    raise NotReady(f"the stack is not ready after {START_SECONDS} s:\n{output}")
