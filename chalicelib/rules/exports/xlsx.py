"""A spreadsheet (Office Open XML, .xlsx), written row by row in constant memory, with every text as a plain string.

Strings are stored in their cells, without a shared table that would have to be kept until the end. When a sheet is
full, another follows (decision 47).
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from chalicelib.patterns import pattern
from chalicelib.rules.exports.zip_stream import Zip

Value = str | int
# Excel's own limit is a little higher.
ROWS = 1_000_000
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OPENXML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The first row stays visible.
_SHEET = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_SHEET_END = "</sheetData></worksheet>"
# Text that looks like an escape sequence of the format itself ("_x000D_").
_ESCAPED = pattern("_(?=x[0-9A-Fa-f]{4}_)")


class Workbook:
    """The bytes of a workbook, row by row. `state` after a pause lets another writer resume."""

    def __init__(self, titles: Sequence[str], state: str = "", rows: int = ROWS) -> None:
        kept: dict[str, Any] = json.loads(state) if state else {"zip": "", "sheet": 0, "row": 0}
        self._zip = Zip(kept["zip"])
        self._sheet: int = kept["sheet"]
        self._row: int = kept["row"]
        self._titles, self._rows = titles, rows

    def add(self, rows: Iterable[Sequence[Value]]) -> bytes:
        return b"".join(self._add(row) for row in rows)

    def pause(self) -> bytes:
        return self._zip.pause()

    @property
    def state(self) -> str:
        return json.dumps({"zip": self._zip.state, "sheet": self._sheet, "row": self._row})

    def drain_directory(self) -> bytes:
        return self._zip.drain_directory()

    def close(self, earlier: Iterable[bytes] = ()) -> bytes:
        last = (b"" if self._sheet else self._new_sheet()) + self._end_sheet()
        parts = b"".join(self._zip.file(name, text.encode()) for name, text in _parts(self._sheet))
        return last + parts + self._zip.close(earlier)

    def _add(self, row: Sequence[Value]) -> bytes:
        turned = b""
        if self._row >= self._rows:
            turned = self._end_sheet()
        if self._row in (0, self._rows):
            turned += self._new_sheet()
        return turned + self._write(row)

    def _new_sheet(self) -> bytes:
        self._sheet, self._row = self._sheet + 1, 0
        begun = self._zip.start(f"xl/worksheets/sheet{self._sheet}.xml") + self._zip.write(_SHEET.encode())
        return begun + self._write(self._titles)

    def _end_sheet(self) -> bytes:
        return self._zip.write(_SHEET_END.encode()) + self._zip.end()

    def _write(self, row: Sequence[Value]) -> bytes:
        self._row += 1
        return self._zip.write(f"<row>{''.join(map(_cell, row))}</row>".encode())


def _cell(value: Value) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    if not value:
        return "<c/>"
    text = escape(_ESCAPED.sub("_x005F_", value) if "_x" in value else value)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _parts(sheets: int) -> Iterable[tuple[str, str]]:
    """All parts of a workbook except its sheets."""
    numbers = range(1, sheets + 1)
    yield "[Content_Types].xml", f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{_types(sheets)}</Types>'
    root = _relation(1, "officeDocument", "xl/workbook.xml")
    yield "_rels/.rels", f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{root}</Relationships>'
    names = "".join(f'<sheet name={quoteattr(f"Export {n}")} sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{names}</sheets></workbook>'
    yield "xl/workbook.xml", _HEAD + book
    relations = "".join(_relation(n, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers)
    relations += _relation(sheets + 1, "styles", "styles.xml")
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
    )
    yield "xl/styles.xml", _HEAD + _STYLES


def _types(sheets: int) -> str:
    kinds = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
    kinds |= {f"/xl/worksheets/sheet{number}.xml": "worksheet" for number in range(1, sheets + 1)}
    named = "".join(
        f'<Override PartName="{part}" ContentType="{_OPENXML}.{kind}+xml"/>' for part, kind in kinds.items()
    )
    return (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{named}'
    )


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_RELATED}/{kind}" Target="{target}"/>'


# The minimum that every program accepts: one font, the two required fills, one border, one format.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0"/></cellStyles>'
    "</styleSheet>"
)
