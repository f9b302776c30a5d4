"""What some tests need and a machine may lack. A module or class that declares it with `__test__ = needs.X.met()` is
not collected then, and the last lines of a run say so once for each need: a number of skipped tests would explain
nothing."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy import runtime
from tests.support import libreoffice, shipped

ROOT = Path(__file__).parents[1]
SCORER = ROOT.parent / "shared/corpora/score.py"


@dataclass(frozen=True, slots=True)
class Need:
    """The file and its tests, whether everything they need is available, and the message if it is not."""

    file: str
    tests: str
    met: Callable[[], bool]
    missing: str


def _has_lambdas_python() -> bool:
    try:
        return bool(runtime.interpreter())
    except runtime.PackagingFailed:
        return False


DYNAMODB = Need(
    "tests/integration/store/test_table.py",
    "the store's contract on a DynamoDB of one's own",
    lambda: bool(os.environ.get("DYNAMODB_ENDPOINT")),
    "the setting DYNAMODB_ENDPOINT names none",
)
CORPORA = Need(
    "tests/unit/mail/test_corpora.py",
    "the mails of other projects' test suites",
    SCORER.is_file,
    "there is no ../shared/corpora beside this checkout",
)
LIBREOFFICE = Need(
    "tests/unit/services/exports/test_export_scale.py",
    "how LibreOffice reads an export",
    # With CI set it must be installed: without it the tests run and fail.
    lambda: libreoffice.command() is not None or bool(os.environ.get("CI")),
    libreoffice.MISSING,
)
LAMBDAS_PYTHON = Need(
    "tests/deploy/test_runtime.py",
    "the package for Lambda (the others test one for this Python)",
    # The same.
    lambda: _has_lambdas_python() or bool(os.environ.get("CI")),
    f"there is no {runtime.RUNTIME}",
)
CHECKOV = Need(
    "tests/deploy/test_checkov.py",
    "checkov",
    (ROOT / ".cache/checkov/bin/checkov").is_file,
    "`make scan` sets it up and runs it",
)
FICTIONAL_SHOP = Need(
    "tests/unit/rules/help/test_golden.py",
    "questions to the help of the first fictional shop",
    lambda: shipped.fictional(shipped.text()),
    "the shipped policy names shops of your own, with articles of their own",
)
NEEDS = (DYNAMODB, CORPORA, LIBREOFFICE, LAMBDAS_PYTHON, CHECKOV, FICTIONAL_SHOP)


def left_out(asked: Sequence[str]) -> Iterator[str]:
    """The messages for a run of these files, folders and tests ("file::test")."""
    places = [Path(one.partition("::")[0]).absolute() for one in asked]
    for need in NEEDS:
        if not need.met() and any((ROOT / need.file).is_relative_to(place) for place in places):
            yield f"not run: {need.tests} ({need.file}): {need.missing}"
