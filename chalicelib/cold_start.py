"""What makes the start of a Lambda function short, in one place. app.py imports this first (decision 173)."""

import dataclasses
import gc
import marshal
import os
from collections.abc import Mapping
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import Any

# Only the package has it (deploy.compiling.classes): compiled code by its source, each marshalled.
CLASSES = Path(__file__).resolve().parents[1] / "compiled/classes"
# Lambda names the one function that its process will ever run; nobody else does.
_OWN = os.environ.get("_HANDLER")

# Nearly everything that imports make stays for ever: there is no garbage to look for until `imported`.
gc.disable()


def alone() -> bool:
    """Whether this process runs one function of app.py and no other, as on Lambda."""
    return _OWN is not None


def runs(*functions: str) -> bool:
    """Whether this process may run one of these functions of app.py. Outside Lambda it may run all: there Chalice looks
    for routes and events, the web is served and tests run."""
    return _OWN is None or _OWN.removeprefix("app.") in functions


def imported() -> None:
    """Collect garbage from now on, and never look through what was imported."""
    gc.freeze()
    gc.enable()


def _ready_made(known: Mapping[str, bytes]) -> None:
    """Give `dataclass` the compiled code of its classes' methods. It writes their source and executes it, and most of
    its time is compiling. Source that is not in `known` is compiled as usual."""

    def execute(source: str, names: dict[str, Any], made: dict[str, Any]) -> None:
        code = known.get(source)
        exec(marshal.loads(code) if code else source, names, made)  # noqa: S102, S302 (our own package's)

    vars(dataclasses)["exec"] = execute


if CLASSES.exists():
    magic, classes = marshal.loads(CLASSES.read_bytes())  # noqa: S302
    if magic == MAGIC_NUMBER:
        _ready_made(classes)
