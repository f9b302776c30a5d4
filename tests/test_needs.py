"""Tests that lack something on a machine are not collected, and the run says so once; and no test is skipped."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import needs
from tests.needs import ROOT, Need

SKIPS = re.compile(r"\b(?:pytest|unittest)\.(?:skip|importorskip)|\bmark\.skip")
LACKING = Need("tests/integration/store/test_table.py", "tests", lambda: False, "no such thing here")


def test_every_need_is_declared_in_its_file() -> None:
    for name in ("DYNAMODB", "CORPORA", "LIBREOFFICE", "LAMBDAS_PYTHON", "CHECKOV", "FICTIONAL_SHOP"):
        need: Need = getattr(needs, name)
        assert need in needs.NEEDS
        assert f"__test__ = needs.{name}.met()" in (ROOT / need.file).read_text(encoding="utf-8")
    assert len(needs.NEEDS) == 6


def test_nothing_is_skipped() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}
    del sources[Path(__file__)]
    assert [path.name for path, source in sources.items() if SKIPS.search(source)] == []
    assert all(map(SKIPS.search, ("pytest.skip(", "@pytest.mark.skipif(", "@mark.skip", "pytest.importorskip(")))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["tests"], True),
        (["tests/deploy", "tests/integration"], True),
        (["tests/integration/store/test_table.py::TestTableAtTheNamedEndpoint"], True),
        (["tests/integration/store/test_inbox_scale.py"], False),
        (["tests/unit"], False),
        ([], False),
    ],
)
def test_only_runs_that_include_the_tests_name_the_need(
    asked: Sequence[str], said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    there = Need("tests/unit/mail/test_corpora.py", "tests", lambda: True, "")
    monkeypatch.setattr(needs, "NEEDS", (LACKING, there))
    expected = ["not run: tests (tests/integration/store/test_table.py): no such thing here"]
    assert list(needs.left_out(asked)) == (expected if said else [])


def test_a_named_dynamodb_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DYNAMODB_ENDPOINT", raising=False)
    assert not needs.DYNAMODB.met()
    monkeypatch.setenv("DYNAMODB_ENDPOINT", "http://127.0.0.1:1")
    assert needs.DYNAMODB.met()


def test_libreoffice_is_required_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    assert not needs.LIBREOFFICE.met()
    monkeypatch.setenv("CI", "true")
    assert needs.LIBREOFFICE.met()
