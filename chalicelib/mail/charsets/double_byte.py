"""Guesses the charset of East Asian text without a label or with a wrong one: the one that is valid and gives common
letters.
General statistics need much text and fail on a line or two; the typical letters of each charset do not."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.patterns import pattern

MAX_BYTES = 16_384
_CODECS = ("euc_jp", "cp932", "cp949", "gb18030", "big5hkscs")
_JAPANESE = ("euc_jp", "cp932")
_LIKELY = 0.6
_KANA = pattern(r"[\u3040-\u30ff\u3001-\u3002]")
_IDEOGRAPH_OR_KANA = pattern(r"[\u3001-\u30ff\u4e00-\u9fff！？（）～　]")
_PUNCTUATION = frozenset("，。！？、：；「」《》（）“”")


def guess(data: bytes, codecs: tuple[str, ...] = _CODECS) -> str | None:
    """The East Asian charset in which the bytes read as likely words, or None."""
    sample = data[:MAX_BYTES]
    scores = {codec: _score(sample, codec) for codec in codecs}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] >= _LIKELY else None


def _score(data: bytes, codec: str) -> float:
    """The share of letters that are common in the charset's language; 0 if the bytes are invalid."""
    try:
        # The sample may end in the middle of a letter.
        text = data.decode(codec, "strict" if len(data) < MAX_BYTES else "ignore")
    except UnicodeDecodeError:
        return 0.0
    letters = [c for c in text if c > "\x7f"]
    if len(letters) < 2:
        return 0.0
    share = sum(_COMMON[codec](c) for c in letters) / len(letters)
    if codec in _JAPANESE:
        # Every Japanese sentence has kana; a name or two words may have none.
        return share * (1.1 if sum(bool(_KANA.match(c)) for c in letters) * 4 >= len(letters) else 0.5)
    # Korean's common rows lie within Chinese's. Nearly every Chinese sentence has letters outside them.
    return share * (1.05 if codec == "cp949" else 1)


def _in_rows(codec: str, low: int, high: int, second: int) -> Callable[[str], bool]:
    """A test for common letters: first byte from `low` to `high`, second byte at least `second`, as in the first
    standards."""

    def common(letter: str) -> bool:
        encoded = letter.encode(codec, "replace")
        return letter in _PUNCTUATION or (len(encoded) == 2 and low <= encoded[0] <= high and encoded[1] >= second)

    return common


def _is_japanese(letter: str) -> bool:
    return bool(_IDEOGRAPH_OR_KANA.match(letter))


_COMMON: dict[str, Callable[[str], bool]] = {
    "euc_jp": _is_japanese,
    "cp932": _is_japanese,
    "cp949": _in_rows("cp949", 0xB0, 0xC8, 0xA1),
    "gb18030": _in_rows("gb18030", 0xB0, 0xD7, 0xA1),
    "big5hkscs": _in_rows("big5hkscs", 0xA4, 0xC6, 0x40),
}
