"""Crashes at every step: a world in which the n-th request to the store or buckets fails, before or after it takes
effect."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.services.ports.deps import Deps
from tests.support.store.whole import on


class Died(BaseException):
    """The function crashes in the middle of something; `except Exception` does not catch this."""


@dataclass(slots=True)
class Fault:
    """Crashes at request `at` (from 1), before it takes effect or after; `seen` counts the requests."""

    at: int = 0
    after: bool = False
    seen: int = 0

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **named: Any) -> Any:
            self.seen += 1
            dies = self.seen == self.at
            if dies and not self.after:
                raise Died
            try:
                return call(*args, **named)
            finally:
                if dies:  # also after a request that was refused, as a conditional write is
                    raise Died

        return called


@dataclass(slots=True)
class Meanwhile:
    """Something else happens before request `at` (from 1) takes effect; `seen` counts the requests."""

    at: int
    happens: Callable[[], Any]
    seen: int = 0

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **named: Any) -> Any:
            self.seen += 1
            if self.seen == self.at:
                self.happens()
            return call(*args, **named)

        return called


class Fragile:
    """A proxy of a store or files that sends every request through the fault."""

    def __init__(self, real: Any, fault: Fault | Meanwhile) -> None:
        self._real = real
        self._fault = fault

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return self._fault.around(found) if callable(found) else found


def fragile(deps: Deps, fault: Fault | Meanwhile) -> Deps:
    """The same deps, with every request sent through the fault."""
    store, files, queue = (Fragile(real, fault) for real in (deps.tickets, deps.files, deps.queue))
    return on(deps, store, files=files, queue=queue)


def every_death(requests: int) -> Iterator[Fault]:
    """Every point at which a run with this many requests can crash: before the first, and after each. Before a later
    one it leaves what it left after the one before: a run changes nothing but by these requests."""
    yield Fault(1)
    for at in range(1, requests + 1):
        yield Fault(at, after=True)
