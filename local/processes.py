"""Child processes that end when they should. Each has its own session, so that Ctrl-C reaches only us and we stop them
in order; and each runs under the watchdog, so that it ends even if we are killed."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

WATCHDOG = Path(__file__).with_name("watchdog.py")


class Child:
    """A running Python module: every line it writes goes to its log file and to `show`."""

    def __init__(self, name: str, process: subprocess.Popen[str], pump: threading.Thread) -> None:
        self.name = name
        self.pid = process.pid
        self._process = process
        self._pump = pump

    def ended(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    def stop(self, seconds: float) -> bool:
        """Ask the process to end, and wait. Returns False if it had to be killed after this many seconds."""
        clean = True
        if not self.ended():
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            clean = False
            self._process.kill()
            self._process.wait()
        self._pump.join(timeout=1)
        if self._process.stdin:
            self._process.stdin.close()
        return clean


def start(
    name: str,
    python: Path,
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    show: Callable[[str], None],
    keep: Sequence[int] = (),
) -> Child:
    """Run a module and its arguments with this Python, under the watchdog. `keep`: file descriptors that it
    inherits."""
    process = subprocess.Popen(
        [str(python), "-P", str(WATCHDOG), *command],
        env=dict(environment),
        pass_fds=tuple(keep),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        bufsize=1,
    )
    pump = threading.Thread(target=_pump, args=(process, log, show), name=f"{name}-log", daemon=True)
    pump.start()
    return Child(name, process, pump)


def clean_environment(**additions: str) -> dict[str, str]:
    """This process's environment with the additions, but without the developer's own AWS settings and without another
    policy's file."""
    ours = (name for name in os.environ if not name.startswith("AWS_") and name != "POLICY_FILE")
    inherited = {name: os.environ[name] for name in ours}
    return {
        **inherited,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONUNBUFFERED": "1",
        **additions,
    }


def _pump(process: subprocess.Popen[str], log: Path, show: Callable[[str], None]) -> None:
    assert process.stdout is not None
    with log.open("a", encoding="utf-8", buffering=1) as file, process.stdout as lines:
        for line in lines:
            file.write(line)
            show(line.rstrip("\n"))
