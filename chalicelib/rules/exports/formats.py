"""The formats of an export: the file's bytes, ticket by ticket. Each format can pause and be resumed by another
process."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

from chalicelib.rules.exports import columns
from chalicelib.rules.exports.columns import Exported
from chalicelib.rules.exports.spreadsheets import LONGEST_CSV, LONGEST_XLSX, cell
from chalicelib.rules.exports.xlsx import Value, Workbook

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
# Excel reads a CSV as UTF-8 only if it begins with this.
_BOM = "\ufeff"


class Format(Protocol):
    """The interface of a format. A ticket is a list: the ticket, then its messages if these are exported."""

    def ticket(self, exported: Sequence[Exported]) -> bytes: ...

    def pause(self) -> bytes:
        """The bytes that must be written before another process resumes from `state`."""

    @property
    def state(self) -> str: ...

    def drain_directory(self) -> bytes:
        """Entries for the archive's directory that were collected since the last call; `close` needs all of them."""

    def close(self, earlier: Iterable[bytes]) -> bytes:
        """The end of the file. `earlier`: everything that `drain_directory` has returned, in order."""


def make(name: str, messages: bool, state: str) -> Format:
    """A new file of the format, or one that resumes from `state`."""
    match name:
        case "csv":
            return _Csv(messages, state)
        case "jsonl":
            return _Jsonl(messages)
        case _:
            return _Xlsx(messages, state)


class _Plain:
    """The base of formats without a directory. Their only state is "begun": the head is written."""

    def __init__(self, state: str = "") -> None:
        self.state = state

    def pause(self) -> bytes:
        return b""

    def drain_directory(self) -> bytes:
        return b""

    def close(self, earlier: Iterable[bytes]) -> bytes:
        return b""


class _Csv(_Plain):
    def __init__(self, messages: bool, state: str) -> None:
        super().__init__(state)
        self._messages = messages

    def ticket(self, exported: Sequence[Exported]) -> bytes:
        rows = columns.rows(exported, self._messages)
        return self._head() + csv_lines(_cells(row, LONGEST_CSV) for row in rows)

    def close(self, earlier: Iterable[bytes]) -> bytes:
        return self._head()

    def _head(self) -> bytes:
        if self.state:
            return b""
        self.state = "begun"
        return _BOM.encode() + csv_lines([columns.names(self._messages)])


class _Jsonl(_Plain):
    def __init__(self, messages: bool) -> None:
        super().__init__()
        self._messages = messages

    def ticket(self, exported: Sequence[Exported]) -> bytes:
        first, *rest = exported
        values = columns.record(first, rest if self._messages else None)
        return json.dumps(values, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


class _Xlsx:
    def __init__(self, messages: bool, state: str) -> None:
        self._messages = messages
        self._book = Workbook(columns.names(messages), state)

    def ticket(self, exported: Sequence[Exported]) -> bytes:
        rows = columns.rows(exported, self._messages)
        return self._book.add(_cells(row, LONGEST_XLSX) for row in rows)

    def pause(self) -> bytes:
        return self._book.pause()

    @property
    def state(self) -> str:
        return self._book.state

    def drain_directory(self) -> bytes:
        return self._book.drain_directory()

    def close(self, earlier: Iterable[bytes]) -> bytes:
        return self._book.close(earlier)


def _cells(values: Iterable[Value], longest: int) -> list[Value]:
    return [cell(value, longest) if value and isinstance(value, str) else value for value in values]


def csv_lines(rows: Iterable[Sequence[object]], quoting: Literal[0, 1] = csv.QUOTE_ALL) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting).writerows(rows)
    return text.getvalue().encode()
