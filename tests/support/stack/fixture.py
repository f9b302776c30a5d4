"""The stack that tests from the outside share: the real package, deployed to the embedded AWS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local import testing
from local.testing import Started
from local.web import workers
from tests.support import shops
from tests.support.stack.local_stack import Outside

_AT_READY: dict[Path, tuple[str, frozenset[str]]] = {}


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    started = testing.start(tmp_path_factory.mktemp("stack"), shops.FILE, loop="on")
    _AT_READY[started.data] = (logged(started, "web"), frozenset(working(started)))
    yield Outside(started)
    assert started.stop() == 0


def at_ready(outside: Outside) -> tuple[str, frozenset[str]]:
    """What the shared stack had done when it said "ready": the web's log, and the functions that had a worker."""
    return _AT_READY[outside.started.data]


def logged(started: Started, name: str) -> str:
    return (started.data / f"logs/{name}.log").read_text(encoding="utf-8", errors="replace")


def working(started: Started) -> Iterator[str]:
    """The functions that have a worker."""
    for function in started.stack.functions:
        if workers.pids(started.data, function):
            yield function
