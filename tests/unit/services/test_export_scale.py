"""Twenty thousand tickets with their messages: exported in the memory of a thousand, and read back whole by whatever
people open such files with."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas
import pytest

from tests.exporting_at_scale import REPLIES

FEW, MANY = 1_000, 20_000
MOST = 1.3
ROWS = MANY * (1 + 1 + REPLIES)


def exported(tickets: int, format: str, file: Path) -> int:
    """The peak of memory of a process that exports so many."""
    command = [sys.executable, "-m", "tests.exporting_at_scale", str(tickets), format, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = [int(number) for number in done.stdout.split()]
    assert told[:2] == [tickets, tickets * (1 + REPLIES)]
    return told[2]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("exports") / "many.csv"
    exported(MANY, "csv", file)
    return file


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_memory_stays_as_it_is_however_many_there_are(format: str, tmp_path: Path) -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not say what a program's peak of memory was")
    few, many = (exported(tickets, format, tmp_path / f"{tickets}.{format}") for tickets in (FEW, MANY))
    assert many <= MOST * few, f"{many} KB for {MANY} tickets, {few} KB for {FEW}"


def test_pythons_csv_reads_back_every_row(file: Path) -> None:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        records = [row["record"] for row in csv.DictReader(lines)]
    assert (records.count("ticket"), len(records)) == (MANY, ROWS)


def test_pandas_reads_back_every_row(file: Path) -> None:
    frame = pandas.read_csv(file, dtype=str, keep_default_na=False)
    assert (int((frame["record"] == "ticket").sum()), len(frame)) == (MANY, ROWS)
    assert frame["reference"].nunique() == MANY
    assert frame.loc[1, "text"].startswith("'=1+1 NL-00000-00000\n")


def test_openpyxl_reads_back_every_row_of_a_workbook(tmp_path: Path) -> None:
    exported(FEW, "xlsx", tmp_path / "few.xlsx")
    book = openpyxl.load_workbook(tmp_path / "few.xlsx", read_only=True)
    (sheet,) = book.worksheets
    assert sum(1 for _ in sheet.iter_rows()) == 1 + FEW * (2 + REPLIES)
    book.close()


def test_libreoffice_reads_back_every_row(file: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: nothing but it can say how it reads the file")
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "ods"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(file)], check=True, capture_output=True, timeout=300)
    command[-1] = "csv"
    again = [*command, "--outdir", str(tmp_path), str(tmp_path / "many.ods")]
    subprocess.run(again, check=True, capture_output=True, timeout=300)
    with (tmp_path / "many.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert sum(1 for _ in csv.DictReader(lines)) == ROWS
