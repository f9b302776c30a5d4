"""Twenty thousand tickets with their messages are exported with the memory of a thousand, and common programs read the
file back completely."""

import csv
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pandas
import pytest

from tests import needs
from tests.support import libreoffice
from tests.support.exports_at_scale import FEW, FORMULAS, LIMIT, MANY, REPLIES

ROWS = MANY * (1 + 1 + REPLIES)
# More than there are, and so many that the many take a run for each of the few's.
AT_ONCE, IN_RUNS = 1_000_000, 999
csv.field_size_limit(1_000_000)


class Made(NamedTuple):
    file: Path
    runs: int
    peak: int


Make = Callable[..., Made]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Exports; each is made once, in its own process."""
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


def rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def filled(table: list[list[str]]) -> int:
    """The number of cells that are not empty."""
    return sum(1 for row in table for value in row if value)


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_memory_does_not_grow_with_the_number_of_tickets(made: Make, format: str) -> None:
    few, many = made(FEW, format).peak, made(MANY, format).peak
    assert many <= LIMIT * few, f"{many} KB for {MANY} tickets, {few} KB for {FEW}"


def test_memory_does_not_grow_with_the_number_of_runs(made: Make) -> None:
    """The process stays the same, like a function's between its runs."""
    few, many = made(FEW, "xlsx", IN_RUNS), made(MANY, "xlsx", IN_RUNS)
    assert (few.runs, many.runs) == (2, 21)
    assert many.peak <= LIMIT * few.peak, f"{many.peak} KB in {many.runs} runs, {few.peak} KB in {few.runs}"
    assert len(pandas.read_excel(few.file, dtype=str)) == FEW * (2 + REPLIES)


def test_pythons_csv_reads_back_every_row(made: Make) -> None:
    head, *body = rows(made(MANY, "csv").file)
    records = [row[head.index("record")] for row in body]
    assert (records.count("ticket"), len(records)) == (MANY, ROWS)


def test_pandas_reads_back_every_row(made: Make) -> None:
    frame = pandas.read_csv(made(MANY, "csv").file, dtype=str, keep_default_na=False)
    assert (int((frame["record"] == "ticket").sum()), len(frame)) == (MANY, ROWS)
    assert frame["reference"].nunique() == MANY
    assert frame.loc[1, "text"].startswith("'=1+1 NL-00000-00000\n")


def test_openpyxl_reads_back_every_row_of_a_workbook(made: Make) -> None:
    book = openpyxl.load_workbook(made(FEW, "xlsx").file, read_only=True)
    (sheet,) = book.worksheets
    assert sum(1 for _ in sheet.iter_rows()) == 1 + FEW * (2 + REPLIES)
    book.close()


class TestLibreOffice:
    __test__ = needs.LIBREOFFICE.met()

    @pytest.mark.parametrize(("tickets", "format"), [(MANY, "csv"), (FEW, "xlsx")])
    def test_reads_back_every_row_and_cell_and_evaluates_none(
        self, made: Make, tmp_path: Path, tickets: int, format: str
    ) -> None:
        expected = rows(made(tickets, "csv").file)
        shown = rows(libreoffice.converted(made(tickets, format).file, "csv", tmp_path))
        assert (len(shown), filled(shown)) == (len(expected), filled(expected))
        subject, text = expected[0].index("subject"), expected[0].index("text")
        assert {row[subject] for row in shown[1:]} == {"", *(f"'{formula}" for formula in FORMULAS)}
        assert all(then[text] == now[text] for then, now in zip(expected, shown, strict=True))

    @pytest.mark.parametrize("format", ["csv", "xlsx"])
    def test_finds_no_formula_in_an_export(self, made: Make, tmp_path: Path, format: str) -> None:
        flat = libreoffice.converted(made(FEW, format).file, "fods", tmp_path).read_text(encoding="utf-8")
        assert flat.count("NL-00000-00000") > 1
        assert "table:formula" not in flat

    def test_evaluates_a_cell_that_is_not_marked(self, tmp_path: Path) -> None:
        """Otherwise the tests above would prove nothing."""
        (tmp_path / "unmarked.csv").write_text('"=1+1","\'=1+1"\n', encoding="utf-8")
        assert rows(libreoffice.converted(tmp_path / "unmarked.csv", "csv", tmp_path)) == [["2", "'=1+1"]]
