"""Export cells: every customer's text stays text in every spreadsheet program, and can be read back as it was
written."""

import csv
import io
import zipfile
from collections.abc import Iterable

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.exports.spreadsheets import LONGEST_CSV, LONGEST_XLSX, cell
from chalicelib.rules.exports.xlsx import Workbook
from chalicelib.rules.exports.zip_stream import Zip

anything = st.text(st.characters(), max_size=40)
tricky = st.text(st.sampled_from("=+-@＝＋－＠'\t\r\n \u200b\ufeff\x00\x1fa1,\"(\ud800_x000D_<&"), max_size=12)


class TestCells:
    @pytest.mark.parametrize(
        "text",
        [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "\u200b=1",
            "\ufeff=1",
            "\x00=1",
        ],
    )
    def test_no_cell_begins_as_a_formula(self, text: str) -> None:
        assert cell(text).startswith("'")

    @pytest.mark.parametrize("text", ["", "Hello", "1=1", "a\nb", " blank first", "Größe", "日本語", "1-2"])
    def test_other_text_stays_as_it_is(self, text: str) -> None:
        assert cell(text) == text

    @given(anything | tricky)
    def test_the_original_text_can_be_recovered(self, text: str) -> None:
        shown = cell(text)
        assert cell(shown.removeprefix("'")) == shown

    @given(anything | tricky)
    def test_a_leading_apostrophe_is_always_one_we_added(self, text: str) -> None:
        shown = cell(text)
        assert not (shown.startswith("'") and shown == text)

    @pytest.mark.parametrize("longest", [LONGEST_CSV, LONGEST_XLSX])
    def test_a_text_that_is_too_long_is_cut_and_marked(self, longest: int) -> None:
        assert len(cell("x" * longest, longest)) == longest
        assert cell("x" * longest, longest).endswith("x")
        assert len(cell("=" + "x" * longest, longest)) == longest
        assert "[cut;" in cell("x" * (longest + 1), longest)

    @given(st.lists(st.lists(anything | tricky, min_size=2, max_size=2), max_size=8))
    def test_csv_gives_back_the_cells(self, rows: list[list[str]]) -> None:
        cells = [[cell(text) for text in row] for row in rows]
        text = io.StringIO(newline="")
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(cells)
        read = io.StringIO(text.getvalue().encode().decode(), newline="")
        assert list(csv.reader(read)) == cells


class TestWorkbooks:
    @given(st.lists(st.tuples(anything | tricky, st.integers(0, 10**9)), max_size=12), st.sets(st.integers(0, 12)))
    def test_every_row_is_read_back_wherever_the_writer_paused(
        self, rows: list[tuple[str, int]], pauses: set[int]
    ) -> None:
        written: list[list[str | int]] = [[cell(text), number] for text, number in rows]
        book = openpyxl.load_workbook(io.BytesIO(paused(written, pauses)))
        read = [row for sheet in book for row in list(sheet.values)[1:]]
        # The reader leaves the format's own escapes as they are, and returns None for an empty cell.
        assert [[text or "", number] for text, number in ((unescaped(t), n) for t, n in read)] == written

    def test_a_full_sheet_is_followed_by_another_with_the_same_titles(self) -> None:
        book = openpyxl.load_workbook(io.BytesIO(paused([["x", n] for n in range(7)], {2, 5})))
        sheets = [list(sheet.values) for sheet in book]
        assert [len(sheet) for sheet in sheets] == [4, 4, 2]
        assert {sheet[0] for sheet in sheets} == {("text", "number")}

    def test_the_titles_stay_in_sight(self) -> None:
        assert openpyxl.load_workbook(io.BytesIO(paused([], set()))).active.freeze_panes == "A2"


class TestZips:
    @given(st.dictionaries(st.text("abcä/.", min_size=1), st.lists(st.binary(max_size=200)), max_size=6), st.data())
    def test_a_zip_holds_every_file_wherever_the_writer_paused(
        self, files: dict[str, list[bytes]], data: st.DataObject
    ) -> None:
        packed, taken, writer = bytearray(), [], Zip()
        for name, pieces in files.items():
            packed += writer.start(name)
            for piece in pieces:
                packed += writer.write(piece)
                if data.draw(st.booleans()):
                    packed += writer.pause()
                    taken.append(writer.drain_directory())
                    writer = Zip(writer.state)
            packed += writer.end()
        packed += writer.close(taken)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            assert archive.testzip() is None
            assert {name: archive.read(name) for name in archive.namelist()} == {
                name: b"".join(pieces) for name, pieces in files.items()
            }

    def test_a_zip_may_hold_more_than_65535_files(self) -> None:
        writer = Zip()
        packed = b"".join(writer.file(f"{number}.txt", b"x") for number in range(65_600)) + writer.close()
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            assert len(archive.namelist()) == 65_600
            assert archive.read("65599.txt") == b"x"

    def test_a_file_that_begins_beyond_4_gib_is_found(self) -> None:
        """The bytes before it do not exist: the reader only believes so."""
        far = 5 * 2**32
        writer = Zip(f'{{"length": {far}, "member": null}}')
        packed = writer.file("far.txt", b"found") + writer.close()
        with zipfile.ZipFile(Behind(packed, far)) as archive:
            assert archive.read("far.txt") == b"found"


class Behind(io.BytesIO):
    """A file that claims to have many bytes before its content; nobody needs to read those."""

    def __init__(self, content: bytes, before: int) -> None:
        super().__init__(content)
        self._before = before

    def seek(self, place: int, whence: int = 0) -> int:
        return super().seek(place - self._before if whence == 0 else place, whence) + self._before

    def tell(self) -> int:
        return super().tell() + self._before


def paused(rows: Iterable[list[str | int]], pauses: set[int]) -> bytes:
    titles, packed, taken = ["text", "number"], b"", []
    book = Workbook(titles, rows=4)
    for number, row in enumerate(rows):
        packed += book.add([row])
        if number in pauses:
            packed += book.pause()
            taken.append(book.drain_directory())
            book = Workbook(titles, book.state, rows=4)
    return packed + book.close(taken)


def unescaped(text: str | None) -> str:
    return (text or "").replace("_x005F_", "_")
