"""What a machine lacks for is not collected, and said once; and nothing is skipped otherwise."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import needs
from tests.needs import HERE, Need

SKIPS = re.compile(r"\b(?:pytest|unittest)\.(?:skip|importorskip)|\bmark\.skip")
LACKING = Need("integration/store/test_named_table.py", lambda: False, "no such thing here")


def test_every_module_that_needs_something_is_there() -> None:
    assert [need.module for need in needs.NEEDS if not (HERE / need.module).is_file()] == []


def test_nothing_is_skipped() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in HERE.rglob("*.py")}
    del sources[Path(__file__)]
    assert [path.name for path, source in sources.items() if SKIPS.search(source)] == []
    assert all(map(SKIPS.search, ("pytest.skip(", "@pytest.mark.skipif(", "@mark.skip", "pytest.importorskip(")))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["tests"], True),
        (["tests/deploy", "tests/integration"], True),
        (["tests/integration/store/test_named_table.py::TestTableAtTheNamedEndpoint"], True),
        (["tests/integration/store/test_table.py"], False),
        (["tests/unit"], False),
        ([], False),
    ],
)
def test_it_is_said_of_runs_that_would_have_had_it(
    asked: Sequence[str], said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(HERE.parent)
    monkeypatch.setattr(needs, "NEEDS", (LACKING, Need("unit/mail/test_corpora.py", lambda: True, "")))
    expected = [f"not run: tests/{LACKING.module}: no such thing here"]
    assert list(needs.left_out(asked)) == (expected if said else [])


def test_a_named_dynamodb_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DYNAMODB_ENDPOINT", raising=False)
    assert "integration/store/test_named_table.py" in {need.module for need in needs.unmet()}
    monkeypatch.setenv("DYNAMODB_ENDPOINT", "http://127.0.0.1:1")
    assert "integration/store/test_named_table.py" not in {need.module for need in needs.unmet()}


def test_libreoffice_has_to_be_there_where_everything_must_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    assert "unit/services/exports/test_exports_in_libreoffice.py" in {need.module for need in needs.unmet()}
    monkeypatch.setenv("CI", "true")
    assert "unit/services/exports/test_exports_in_libreoffice.py" not in {need.module for need in needs.unmet()}
