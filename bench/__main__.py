"""`python -m bench [SUBJECT …]`: run the named subjects, or all; print one table and write it as JSON. The JSON is in
.local/bench.json; `ratio` is null if the floor is zero, `bound` if none is stated. The exit status is 1 if a figure is
above its bound."""

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench import cost, exports, handlers, mail, pages, policy, start, store
from bench.figures import Figure

OUT = Path(__file__).resolve().parent.parent / ".local/bench.json"
# By name: what the floor is, and what measures.
SUBJECTS: dict[str, tuple[str, Callable[[], Iterable[Figure]]]] = {
    "cost": (cost.FLOOR, cost.figures),
    "handlers": (handlers.FLOOR, handlers.figures),
    "store": (store.FLOOR, store.figures),
    "exports": (exports.FLOOR, exports.figures),
    "mail": (mail.FLOOR, mail.figures),
    "pages": (pages.FLOOR, pages.figures),
    "start": (start.FLOOR, start.figures),
    "policy": (policy.FLOOR, policy.figures),
}
ROW = "{:<50} {:>9} {:>9} {:>7} {:>7}  {}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What Aftercare costs and how fast it is.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"one of {', '.join(SUBJECTS)}; all when none")
    wanted = parser.parse_args().subjects or list(SUBJECTS)
    if unknown := [name for name in wanted if name not in SUBJECTS]:
        parser.error(f"there is no {', '.join(unknown)}: write one of {', '.join(SUBJECTS)}")
    print(ROW.format("", "figure", "floor", "ratio", "bound", "unit"))
    measured = {name: list(_shown(name)) for name in dict.fromkeys(wanted)}
    OUT.parent.mkdir(exist_ok=True)
    result = {"python": platform.python_version(), "machine": platform.machine(), "subjects": measured}
    OUT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    above = [figure["name"] for figures in measured.values() for figure in figures if figure["above_bound"]]
    print(*(f"above its bound: {name}" for name in above), sep="\n", end="\n" if above else "")
    return 1 if above else 0


def _shown(name: str) -> Iterable[dict[str, Any]]:
    """The subject's figures as they go into the JSON, each printed as soon as it is there."""
    floor, measure = SUBJECTS[name]
    print(f"{name}, beside {floor}", flush=True)
    for figure in measure():
        ratio, bound = (
            "-" if number is None else f"{number:.2f}{mark}"
            for number, mark in ((figure.ratio, "!" if figure.above_bound else ""), (figure.bound, ""))
        )
        value, least = _digits(figure.value), _digits(figure.floor)
        print(ROW.format(f"  {figure.name}", value, least, ratio, bound, figure.unit), flush=True)
        values = {"name": figure.name, "value": figure.value, "floor": figure.floor, "bound": figure.bound}
        values |= {"ratio": figure.ratio, "above_bound": figure.above_bound}
        yield values | {"unit": figure.unit, "floor_is": floor}


def _digits(number: float) -> str:
    """Three digits that count, and no exponent."""
    return f"{number:.0f}" if number >= 100 or number == int(number) else f"{number:.3g}"


if __name__ == "__main__":
    sys.exit(main())
