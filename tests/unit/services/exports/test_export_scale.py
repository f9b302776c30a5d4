"""Twenty thousand tickets with their messages: exported in the memory of a thousand, and read back whole by whatever
people open such files with."""

import csv
from pathlib import Path

import openpyxl
import pandas
import pytest

from tests.support.exports_at_scale import FEW, MANY, MOST, REPLIES
from tests.unit.services.exports.conftest import Make

ROWS = MANY * (1 + 1 + REPLIES)
# Steps of a run: so many that the many take a run for each of the few's.
IN_RUNS = 999
csv.field_size_limit(1_000_000)


def rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_memory_stays_as_it_is_however_many_there_are(made: Make, format: str) -> None:
    few, many = made(FEW, format).peak, made(MANY, format).peak
    assert many <= MOST * few, f"{many} KB for {MANY} tickets, {few} KB for {FEW}"


def test_memory_stays_as_it_is_however_many_runs_it_takes(made: Make) -> None:
    """The program stays the same, as a function's between its runs."""
    few, many = made(FEW, "xlsx", IN_RUNS), made(MANY, "xlsx", IN_RUNS)
    assert (few.runs, many.runs) == (2, 21)
    assert many.peak <= MOST * few.peak, f"{many.peak} KB in {many.runs} runs, {few.peak} KB in {few.runs}"
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
