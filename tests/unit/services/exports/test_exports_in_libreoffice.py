"""What LibreOffice makes of exports: every row and cell, and no formula. Where it is missing: tests/needs.py."""

from pathlib import Path

import pytest

from tests.support import libreoffice
from tests.support.exports_at_scale import FEW, FORMULAS, MANY
from tests.unit.services.exports.conftest import Make
from tests.unit.services.exports.test_export_scale import rows


def filled(table: list[list[str]]) -> int:
    """How many cells hold anything."""
    return sum(1 for row in table for value in row if value)


@pytest.mark.parametrize(("tickets", "format"), [(MANY, "csv"), (FEW, "xlsx")])
def test_libreoffice_reads_back_every_row_and_cell_and_works_out_none(
    made: Make, tmp_path: Path, tickets: int, format: str
) -> None:
    expected = rows(made(tickets, "csv").file)
    shown = rows(libreoffice.converted(made(tickets, format).file, "csv", tmp_path))
    assert (len(shown), filled(shown)) == (len(expected), filled(expected))
    subject, text = expected[0].index("subject"), expected[0].index("text")
    assert {row[subject] for row in shown[1:]} == {"", *(f"'{formula}" for formula in FORMULAS)}
    assert all(then[text] == now[text] for then, now in zip(expected, shown, strict=True))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_libreoffice_finds_no_formula_in_an_export(made: Make, tmp_path: Path, format: str) -> None:
    flat = libreoffice.converted(made(FEW, format).file, "fods", tmp_path).read_text(encoding="utf-8")
    assert flat.count("NL-00000-00000") > 1
    assert "table:formula" not in flat


def test_libreoffice_works_out_what_is_not_marked(tmp_path: Path) -> None:
    """So that the tests above would see it."""
    (tmp_path / "unmarked.csv").write_text('"=1+1","\'=1+1"\n', encoding="utf-8")
    assert rows(libreoffice.converted(tmp_path / "unmarked.csv", "csv", tmp_path)) == [["2", "'=1+1"]]
