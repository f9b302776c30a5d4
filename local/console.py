"""What the person who started the run reads: one line at a time, who it is from, then what."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Show = Callable[[str, str], None]

_printing = threading.Lock()
_ending = threading.Event()
WIDTH = 17


def event(source: str, text: str) -> None:
    """One line of the log: the time, where it comes from, and the text."""
    if not _ending.is_set():
        line(f"{time.strftime('%H:%M:%S')}  {source:<{WIDTH}} {text}")


def ending() -> None:
    """No more events from here: while things end, much fails that is no failure. The log files have it."""
    _ending.set()


def progress(text: str) -> None:
    """One step of setting up."""
    line(f"  {text}")


@contextmanager
def step(what: str) -> Iterator[None]:
    """One step of setting up, told once it is done, with the time it took."""
    began = time.monotonic()
    yield
    progress(f"{what} ({time.monotonic() - began:.1f} s)")


def line(text: str) -> None:
    """One line, whole, whichever thread it comes from."""
    with _printing:
        print(text, flush=True)
