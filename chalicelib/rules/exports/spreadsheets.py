"""What may stand in a cell: text that no spreadsheet takes for a formula, told apart again by taking off one mark.

A cell that begins as a formula would (= + - @, also in full width, after whatever is not seen) gets an apostrophe in
front, and so does one that begins with an apostrophe already. So the original is the cell less its first apostrophe,
if it has one (decision 48).
"""

import re
import unicodedata

# What a cell may hold: Python's csv and old spreadsheets read no longer ones; Excel shows no longer ones.
LONGEST_CSV, LONGEST_XLSX = 131_000, 32_767
_CUT = " … [cut; the format jsonl has it whole]"
_MARK = "'"
_BEGINS_FORMULA = frozenset("=+-@＝＋－＠﹢﹣﹦﹫")
# What can't stand in XML (and what stops some readers of CSV): control characters, lone surrogates, non-characters.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?")


def cell(text: str, longest: int = LONGEST_CSV) -> str:
    """The text fit for a cell: no formula, no control characters, line ends as line feeds, and not too long."""
    if not text:
        return text
    clean = _ILLEGAL.sub("", _LINE_ENDS.sub("\n", text))
    marked = _MARK + clean if _dangerous(clean) else clean
    return marked if len(marked) <= longest else marked[: longest - len(_CUT)] + _CUT


def _dangerous(text: str) -> bool:
    """Some programs pass over blanks and what can't be seen before they look for a formula."""
    if text[:1] in ("\t", "\n", _MARK):
        return True
    return next((c for c in text if unicodedata.category(c)[0] not in "CZ"), "") in _BEGINS_FORMULA
