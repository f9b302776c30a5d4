"""What some test modules need and a machine may lack. There they are not collected, and the last lines of a run say so
once for each: a number of skipped tests tells nothing."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support import libreoffice

HERE = Path(__file__).parent
CORPORA = HERE.parent.parent / "shared" / "corpora"


@dataclass(frozen=True, slots=True)
class Need:
    """The module within tests/, whether all that it needs is there, and what is said where it is not."""

    module: str
    met: Callable[[], bool]
    missing: str


NEEDS = (
    Need(
        "integration/store/test_named_table.py",
        lambda: bool(os.environ.get("DYNAMODB_ENDPOINT")),
        "the setting DYNAMODB_ENDPOINT names no DynamoDB",
    ),
    Need(
        "unit/mail/test_corpora.py",
        lambda: (CORPORA / "score.py").is_file(),
        "there is no ../shared/corpora beside this checkout",
    ),
    Need(
        "unit/services/exports/test_exports_in_libreoffice.py",
        # Where CI is set it has to be installed: without it the tests run, and fail.
        lambda: libreoffice.command() is not None or bool(os.environ.get("CI")),
        libreoffice.MISSING,
    ),
)


def unmet() -> list[Need]:
    return [need for need in NEEDS if not need.met()]


def left_out(asked: Sequence[str]) -> Iterator[str]:
    """What to say of a run of these files, folders and tests ("file::test")."""
    places = [Path(one.partition("::")[0]).absolute() for one in asked]
    for need in unmet():
        if any((HERE / need.module).is_relative_to(place) for place in places):
            yield f"not run: tests/{need.module}: {need.missing}"
