"""The process that serves HTTP: it gets the deployed function's environment, and is restarted if it ends."""

import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from local import console, logs, ports, processes
from local.aws import emulator

START_SECONDS = 180
STOP_SECONDS = 5
_ROUTINE = ("Serving on ", "GET /health ")


class NotServing(Exception):
    """app.py could not be served."""


class WebProcess:
    """Serves HTTP on our socket in a child process; while that is replaced, requests wait in the socket."""

    def __init__(self, listening: socket.socket, environment: Mapping[str, str], data: Path) -> None:
        self._listening = listening
        self._environment = dict(environment)
        self._log = data / "logs" / "web.log"
        self._child = self._start()
        self._started = time.monotonic()

    def wait(self) -> None:
        """Wait until it answers. Raises NotServing if it ends instead; the log then has the reason."""
        address = f"http://{ports.HOST}:{ports.number(self._listening)}/health"
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up and not self._child.ended():
            try:
                with urllib.request.urlopen(address, timeout=60):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.05)
        raise NotServing("app.py could not be served; see logs/web.log in DATA.")

    def restart(self) -> None:
        """Start the process again if it has ended, at most once per second."""
        if self._child.ended() and time.monotonic() - self._started > 1:
            console.event("web", "ERROR ended by itself; started again")
            self._child = self._start()
            self._started = time.monotonic()

    def stop(self) -> None:
        """End the process."""
        self._child.stop(STOP_SECONDS)

    def _start(self) -> processes.Child:
        readable = logs.Readable("web", console.event)

        def show(line: str) -> None:
            if not line.startswith(_ROUTINE):
                readable(line)

        return processes.start(
            "web",
            Path(sys.executable),
            ["local.web.server", str(self._listening.fileno())],
            self._environment,
            self._log,
            show,
            keep=[self._listening.fileno()],
        )


def environment(
    aws: str, ses: str, function: Mapping[str, str], url: str, policy: Path, help_folder: Path
) -> dict[str, str]:
    """The deployed function's environment with this machine's addresses, and with the package's policy file and help,
    since the code runs from the checkout."""
    return processes.clean_environment(
        **{
            **function,
            **emulator.CREDENTIALS,
            "AWS_REGION": emulator.REGION,
            "AWS_ENDPOINT_URL": aws,
            "AWS_ENDPOINT_URL_SES": ses,
            "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": ses,
            "PUBLIC_URL": url,
            "POLICY_FILE": str(policy),
            "HELP_FOLDER": str(help_folder),
            "PYTHONPATH": str(Path.cwd()),
        }
    )
