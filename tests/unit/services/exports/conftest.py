"""Exports of many tickets, for the tests that look at their size and for those of programs that open them."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.exports_at_scale import REPLIES

# Steps of a run: more than there are.
AT_ONCE = 1_000_000


class Made(NamedTuple):
    file: Path
    runs: int
    peak: int


Make = Callable[..., Made]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Exports, each made once, by a process of its own."""
    folder = tmp_path_factory.mktemp("exports")

    @cache
    def make(tickets: int, format: str, steps: int = AT_ONCE) -> Made:
        file = folder / f"{tickets}-{steps}.{format}"
        command = [sys.executable, "-m", "tests.support.exports_at_scale", str(tickets), format, str(file), str(steps)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        said_tickets, messages, runs, peak = map(int, done.stdout.split())
        assert (said_tickets, messages) == (tickets, tickets * (1 + REPLIES))
        return Made(file, runs, peak)

    return make
