"""Makes logs readable: finds what the functions wrote in the embedded AWS's own log and shows one line per entry.
DATA/logs keeps the full text."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.console import Show

_RECORD = re.compile(r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?P<level>[A-Z]+) \[(?P<name>[\w.]+)\] |\[\d{4}-)(?P<text>.*)")
_OUTPUT = re.compile(r"(?:ESM: )?Lambda (?P<function>\S+) (?:async )?output(?: \(attempt \d+\))?:$")
_SCHEDULED = re.compile(r"EventBridge → Lambda (?P<function>\S+): dispatched$")
_FAILED = re.compile(r"ESM: Lambda (?P<function>\S+) failed .*?errorType=(?P<type>\S+) errorMessage=(?P<m>.*)")
# Fields that Powertools adds to every line, and that are not worth showing each time.
_ROUTINE = {
    "level",
    "location",
    "message",
    "timestamp",
    "service",
    "exception",
    "exception_name",
    "stack_trace",
    "cold_start",
    "function_name",
    "function_memory_size",
    "function_arn",
    "function_request_id",
    "xray_trace_id",
    "sampling_rate",
}
_TRACEBACK = "Traceback (most recent call last)"
_CHAINED = ("The above exception was the direct cause", "During handling of the above exception")


def begin(folder: Path) -> None:
    """Start new logs in this folder, and keep those of the last run."""
    folder.mkdir(exist_ok=True)
    for log in folder.glob("*.log"):
        if not log.name.endswith(".before.log"):
            log.replace(log.with_suffix(".before.log"))


class FunctionLogs:
    """Reads the embedded AWS's log line by line; shows what the functions wrote and what failed."""

    def __init__(self, names: Mapping[str, str], show: Show, scheduled: Callable[[str], None]) -> None:
        """`names`: physical function names to the names in app.py; it may be filled later.
        `scheduled` is called with the physical name of each function that a schedule starts; this log does not have its
        output."""
        self._names = names
        self._show = show
        self._scheduled = scheduled
        self._lines: Callable[[str], None] = _nothing

    def __call__(self, line: str) -> None:
        record = _RECORD.match(line)
        if record is None:
            self._lines(line)
            return
        self._lines = _nothing
        if output := _OUTPUT.match(record["text"]):
            self._lines = Readable(self._name(output["function"]), self._show)
        elif failed := _FAILED.match(record["text"]):
            name = self._name(failed["function"])
            self._show(name, f"ERROR {failed['type']}: {failed['m'].rstrip(')')}")
            self._lines = Readable(name, self._show)
        elif scheduled := _SCHEDULED.match(record["text"]):
            self._scheduled(scheduled["function"])
        elif record["level"] in ("ERROR", "CRITICAL") or (record["level"] == "WARNING" and "lambda" in record["name"]):
            self._show("aws", f"{record['level']} {record['name']}: {record['text']}")

    def _name(self, physical: str) -> str:
        return self._names.get(physical, physical)


class Readable:
    """Shows lines that a function wrote: JSON as words, a traceback as its last line, chained tracebacks as the first
    one's."""

    def __init__(self, source: str, show: Show) -> None:
        self._source = source
        self._show = show
        self._in_traceback = False
        self._consequence = False

    def __call__(self, line: str) -> None:
        if line.startswith(_TRACEBACK):
            self._in_traceback = True
        elif line.startswith(_CHAINED):
            self._consequence = True
        elif self._in_traceback:
            if line.strip() and not line[0].isspace():
                if not self._consequence:
                    self._show(self._source, f"ERROR {line}")
                self._in_traceback = self._consequence = False
        elif text := in_words(line):
            self._show(self._source, text)


def in_words(line: str) -> str:
    """A log line for people; "" for a line with only metrics."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line.strip()
    if not isinstance(entry, dict) or "_aws" in entry:
        return "" if isinstance(entry, dict) else line.strip()
    level = str(entry.get("level", "INFO"))
    message = entry.get("message", "")
    parts = [] if level in ("INFO", "DEBUG") else [level]
    parts.append(message if isinstance(message, str) else _value(message))
    parts += [f"{name}={_value(value)}" for name, value in entry.items() if name not in _ROUTINE]
    if exception := str(entry.get("exception", "")).strip():
        parts.append(f"({exception.splitlines()[-1]})")
    return " ".join(part for part in parts if part)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _nothing(_line: str) -> None:
    pass
