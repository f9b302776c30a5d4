"""Shows the logs of functions that a schedule started. The embedded AWS writes these only to CloudWatch Logs, each
invocation in a stream of its own; they are read there and shown like the others."""

import queue
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local import logs
from local.aws import emulator
from local.console import Show

# Seconds to wait for a scheduled function's log.
PATIENCE = 120
_PLATFORM = ("START RequestId", "END RequestId", "REPORT RequestId")


class ScheduledLogs:
    """Called when a schedule has started a function; waits for the new log stream and shows it."""

    def __init__(self, address: str, names: Mapping[str, str], log: Path, show: Show) -> None:
        self._address = address
        self._names = names
        self._log = log
        self._show = show
        self._started: queue.Queue[str] = queue.Queue()
        self._seen: set[str] = set()
        threading.Thread(target=self._follow, name="scheduled-logs", daemon=True).start()

    def __call__(self, function: str) -> None:
        """`function` is the physical name of the function that a schedule has just started."""
        self._started.put(function)

    def _follow(self) -> None:
        client: Any = None
        while True:
            function = self._started.get()
            client = client or emulator.client("logs", self._address)
            since, give_up = int((time.time() - 5) * 1000), time.monotonic() + PATIENCE
            while time.monotonic() < give_up and not self._read(client, f"/aws/lambda/{function}", function, since):
                time.sleep(0.5)

    def _read(self, client: Any, group: str, function: str, since: int) -> bool:
        try:
            newest = client.describe_log_streams(logGroupName=group, orderBy="LastEventTime", descending=True, limit=10)
            streams = [
                stream["logStreamName"]
                for stream in newest["logStreams"]
                if stream.get("lastEventTimestamp", 0) >= since and stream["logStreamName"] not in self._seen
            ]
            for stream in streams:
                self._seen.add(stream)
                events = client.get_log_events(logGroupName=group, logStreamName=stream)["events"]
                self._tell(function, [event["message"] for event in events])
        except (ClientError, BotoCoreError):
            # The log group does not exist yet, or the run is ending.
            return False
        return bool(streams)

    def _tell(self, function: str, lines: list[str]) -> None:
        readable = logs.Readable(self._names.get(function, function), self._show)
        with self._log.open("a", encoding="utf-8") as file:
            for line in lines:
                file.write(line + "\n")
                if not line.startswith(_PLATFORM):
                    readable(line)
