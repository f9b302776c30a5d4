"""Makes text safe for a cell, so that no spreadsheet takes it for a formula, in a way that can be undone.

A cell that begins like a formula (= + - @, also in full width, after any invisible characters) gets an apostrophe in
front. So does one that begins with an apostrophe already. The original is therefore the cell without its first
apostrophe, if it has one (decision 48).
"""

import unicodedata

from chalicelib.patterns import pattern

# The longest cells: Python's csv and old spreadsheets read no longer ones; Excel shows no longer ones.
LONGEST_CSV, LONGEST_XLSX = 131_000, 32_767
_CUT = " … [cut; the format jsonl has it whole]"
_MARK = "'"
_BEGINS_FORMULA = frozenset("=+-@＝＋－＠﹢﹣﹦﹫")
# Characters that XML does not allow (some also stop CSV readers): control characters, lone surrogates, non-characters.
_ILLEGAL = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_ENDS = pattern("\r\n?")


def cell(text: str, longest: int = LONGEST_CSV) -> str:
    """The text for a cell: no formula, no control characters, line feeds as line ends, and at most `longest`
    characters."""
    if not text:
        return text
    # Most cells are printable, and the characters that are replaced are not.
    clean = text if text.isprintable() else _ILLEGAL.sub("", _LINE_ENDS.sub("\n", text))
    marked = _MARK + clean if _dangerous(clean) else clean
    return marked if len(marked) <= longest else marked[: longest - len(_CUT)] + _CUT


def _dangerous(text: str) -> bool:
    """Whether a program may read the text as a formula; some skip blanks and invisible characters first."""
    if text[:1].isalnum():
        return False
    if text[:1] in ("\t", "\n", _MARK):
        return True
    return next((c for c in text if unicodedata.category(c)[0] not in "CZ"), "") in _BEGINS_FORMULA
