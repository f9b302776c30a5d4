"""Prints figures as a table and writes them as JSON. In the JSON, `ratio` is null if the floor is zero."""

import json
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from logging import StreamHandler
from pathlib import Path
from typing import Any

from bench.figures import Figure
from chalicelib import telemetry

FOLDER = Path(__file__).resolve().parent.parent / ".local"
# What the floor is, and what measures.
Subject = tuple[str, Callable[[], Iterable[Figure]]]
ROW = "{:<50} {:>9} {:>9} {:>7} {:>7}  {}"


def report(subjects: Mapping[str, Subject], out: Path) -> int:
    """Measure the subjects, by name; print one table and write it into `out`. Returns the exit status: 1 if a figure
    is above its bound."""
    print(ROW.format("", "figure", "floor", "ratio", "bound", "unit"))
    with _unlogged():
        measured = {name: list(_shown(name, *subject)) for name, subject in subjects.items()}
    out.parent.mkdir(exist_ok=True)
    result = {"python": platform.python_version(), "machine": platform.machine(), "subjects": measured}
    out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    above = [figure["name"] for figures in measured.values() for figure in figures if figure["above_bound"]]
    print(*(f"above its bound: {name}" for name in above), sep="\n", end="\n" if above else "")
    return 1 if above else 0


@contextmanager
def _unlogged() -> Iterator[None]:
    """What is measured logs as it always does; here the lines are lost."""
    with Path(os.devnull).open("w") as lost, ExitStack() as after:
        for handler in telemetry.logger.handlers:
            if isinstance(handler, StreamHandler):
                after.callback(handler.setStream, handler.stream)
                handler.setStream(lost)
        yield


def _shown(name: str, floor: str, measure: Callable[[], Iterable[Figure]]) -> Iterable[dict[str, Any]]:
    """The subject's figures as they go into the JSON, each printed as soon as it is there."""
    print(f"{name}, beside {floor}", flush=True)
    for figure in measure():
        ratio = "-" if figure.ratio is None else f"{figure.ratio:.2f}"
        ratio += "!" if figure.above_bound else ""
        value, least = _digits(figure.value), _digits(figure.floor)
        print(ROW.format(f"  {figure.name}", value, least, ratio, f"{figure.bound:.2f}", figure.unit), flush=True)
        values = {"name": figure.name, "value": figure.value, "floor": figure.floor, "bound": figure.bound}
        values |= {"ratio": figure.ratio, "above_bound": figure.above_bound}
        yield values | {"unit": figure.unit, "floor_is": floor}


def _digits(number: float) -> str:
    """Three digits that count, and no exponent."""
    return f"{number:.0f}" if number >= 100 or number == int(number) else f"{number:.3g}"
