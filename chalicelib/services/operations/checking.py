"""One check of `health`: what it found, and how that is told."""

from collections.abc import Callable, Iterator
from typing import NotRequired, TypedDict

from chalicelib.services.ports.deps import Deps
from chalicelib.telemetry import logger

Found = tuple[str, str | None]
"""What is wrong, and what to do. Without the latter: what could not be looked at, which may be well or not."""


class Wrong(TypedDict):
    wrong: str
    do: str


class Check(TypedDict):
    """`unknown`: what could not be looked at; the check is well if nothing else was found."""

    check: str
    well: bool
    found: NotRequired[list[Wrong]]
    unknown: NotRequired[list[str]]


def checked(name: str, check: Callable[[Deps], Iterator[Found]], deps: Deps) -> Check:
    try:
        found = list(check(deps))
    except Exception as error:  # any error is a result of the check
        logger.exception("a health check failed", extra={"check": name})
        found = [
            (f"{type(error).__name__}: {error}"[:200], "see the function's log; it may lack a right or a resource")
        ]
    wrong = [Wrong(wrong=sentence, do=todo) for sentence, todo in found if todo is not None]
    unknown = [sentence for sentence, todo in found if todo is None]
    made = Check(check=name, well=not wrong)
    if wrong:
        made["found"] = wrong
    if unknown:
        made["unknown"] = unknown
    return made
