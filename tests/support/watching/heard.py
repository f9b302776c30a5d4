"""Everything that functions log and print, as CloudWatch Logs gets it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any

from chalicelib import telemetry
from tests.support.watching import emf


@dataclass(slots=True)
class Heard:
    """`entries`: our log lines. `others`: lines of libraries, at the level that Lambda shows. `printed`: the rest,
    such as metrics."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    printed: io.StringIO = field(default_factory=io.StringIO)

    @property
    def everything(self) -> list[str]:
        ours = [json.dumps(entry, ensure_ascii=False) for entry in self.entries]
        return [*ours, *self.others, *self.printed.getvalue().splitlines()]

    def metrics(self) -> dict[emf.Metric, float]:
        return emf.read(self.printed.getvalue())

    def lines(self, message: str, **having: Any) -> list[dict[str, Any]]:
        """Our lines with this message and these fields, in order."""
        found = [entry for entry in self.entries if entry["message"] == message]
        return [entry for entry in found if all(entry.get(name) == value for name, value in having.items())]


class _Listener(logging.Handler):
    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        formatter = telemetry.logger.registered_formatter
        if record.name == "aftercare":
            self._heard.entries.append(json.loads(formatter.format(record)))
        else:
            self._heard.others.append(logging.Formatter().format(record))


@contextmanager
def heard() -> Iterator[Heard]:
    """Inside this block, what our functions and their libraries log and print is collected."""
    found = Heard()
    ours, root, listener = logging.getLogger("aftercare"), logging.getLogger(), _Listener(found)
    propagates, ours.propagate = ours.propagate, False
    for of in (ours, root):
        of.addHandler(listener)
    try:
        with redirect_stdout(found.printed):
            yield found
    finally:
        ours.propagate = propagates
        for of in (ours, root):
            of.removeHandler(listener)
