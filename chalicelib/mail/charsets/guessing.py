"""The likeliest charset of 8-bit text without a label or with a wrong one, if the text is not UTF-8."""

from __future__ import annotations

import re
import unicodedata

from chalicelib.mail.charsets import double_byte, utf_8
from chalicelib.mail.charsets.names import codec_for
from chalicelib.patterns import pattern

_GUESSABLE = pattern(
    r"windows-125\d|iso-8859-\d+|koi8-[ru]|cp932|shift_jis|euc-(?:jp|kr)|cp949|gb18030|big5.*|utf-8"
    r"|iso-2022-.*|utf-16.*|tis-620|cp874|windows-874",
    re.I,
)
_HIGH_RUN = pattern(rb"[\x80-\xff]+")
_EAST_ASIAN = ("cp932", "euc_jp", "cp949", "gb18030", "big5hkscs")
_TORN_WORD = pattern(r"aA")
# Statistics on East Asian text are reliable from this many bytes; with fewer they find it in any text.
_ENOUGH = 20
_SAMPLE = 16_384


def guess(data: bytes) -> str:
    """The likeliest codec of unlabelled 8-bit bytes that are not UTF-8."""
    # ASCII lines are no evidence and would outweigh a few other letters.
    sample = b"\n".join(line for line in data.splitlines() if not line.isascii())[:_SAMPLE]
    runs = _HIGH_RUN.findall(sample)
    if not runs:
        return "utf-8"
    high = sum(map(len, runs))
    if high < 3:
        return "cp1252"
    if high <= len(runs) * 1.5 and high * 3 < len(sample) and set(b"".join(runs)) <= utf_8.WESTERN:
        return "cp1252"
    asked = _ask_chardet(sample) or _ask_chardet(data[:_SAMPLE])
    if asked and asked not in _EAST_ASIAN and asked != "cp1252" and _is_sane(sample.decode(asked, "replace")):
        return asked
    return double_byte.guess(sample) or (asked if asked not in _EAST_ASIAN or high > _ENOUGH else None) or "cp1252"


def _is_sane(text: str) -> bool:
    """Whether the text consists of words: only letters, no capital after a small one. Misread double-byte text fails
    this."""
    letters = [c for c in text if c > "\x7f"]
    return all(unicodedata.category(c)[0] in "LM" for c in letters) and not _TORN_WORD.search(
        "".join("A" if c.isupper() else "a" if c.islower() else c for c in text)
    )


def _ask_chardet(sample: bytes) -> str | None:
    import chardet  # importing it takes 90 ms, and few mails need it

    try:
        found = chardet.detect(sample).get("encoding")
    except Exception:
        return None
    if not found or not _GUESSABLE.fullmatch(found):
        return None
    return codec_for(found)
