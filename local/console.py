"""Output for the person who started the run: one line per event, first its source, then the text."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Show = Callable[[str, str], None]

_printing = threading.Lock()
_ending = threading.Event()
WIDTH = 17


def event(source: str, text: str) -> None:
    """Print one line of the log: the time, the source, and the text."""
    if not _ending.is_set():
        line(f"{time.strftime('%H:%M:%S')}  {source:<{WIDTH}} {text}")


def ending() -> None:
    """Print no more events: while the run ends, many errors are normal. The log files still have them."""
    _ending.set()


def progress(text: str) -> None:
    """Print one step of setting up."""
    line(f"  {text}")


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print one step of setting up when it is done, with the time it took."""
    began = time.monotonic()
    yield
    progress(f"{what} ({time.monotonic() - began:.1f} s)")


def line(text: str) -> None:
    """Print one whole line; safe from any thread."""
    with _printing:
        print(text, flush=True)
