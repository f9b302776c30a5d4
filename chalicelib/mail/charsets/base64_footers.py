"""Finds unencoded words that a list or gateway added below a base64 body: where the data ends and the words begin."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

_MORE_DATA = pattern(rb"[A-Za-z0-9+/]+=+\Z|[A-Za-z0-9+/]{40,}\Z")
_PADDING = pattern(rb"=[ \t]*\r?\n")
_EMPTY_LINE = pattern(rb"[A-Za-z0-9+/][ \t]*\r?\n[ \t]*\r?\n")
_BESIDE = pattern(rb"[A-Za-z0-9+/]+={1,3}[ \t]+(?=\S)")
_NO_LINE = pattern(rb"[^A-Za-z0-9+/=\s]|={4}|[A-Za-z0-9+/=][ \t]+[A-Za-z0-9+/=]")
_NO_BASE64 = pattern(rb"[^A-Za-z0-9+/=\s]|={4}")
_BLANKS = b" \t\r\n"
_RULER = pattern(rb"--|__|==|\*\*|##|~~|\.\.")
_TWO_WORDS = pattern(rb"\S[ \t]+\S")
# A run of letters this long is more data, not a word of a footer.
_LONG_RUN = pattern(rb"^[A-Za-z0-9+/]{40,}={0,3}[ \t]*\r?$", re.M)
MAX_FOOTER = 20_000


def apart(body: bytes) -> tuple[bytes, bytes]:
    """(data, footer). The footer is empty if the foreign characters are only noise within the data."""
    stray = _NO_BASE64.search(body)
    if stray is None:
        return body, b""
    ending = _PADDING.search(body, 0, stray.start()) or _EMPTY_LINE.search(body, 0, stray.start())
    if ending:
        found = _cut(body, _first_words(body, ending.end()), finished=True)
        if found[1]:
            return found
    broken = _NO_LINE.search(body)
    at = body.rfind(b"\n", 0, broken.start() + 1) + 1 if broken else 0
    beside = _BESIDE.match(body, at)
    if beside:
        return _cut(body, beside.end(), finished=True)
    letters = len(body[:at].translate(None, _BLANKS))
    return _cut(body, at, finished=letters % 4 == 0) if letters else (body, b"")


def _first_words(body: bytes, at: int) -> int:
    """The start of the first line below the padding that is not another piece of data."""
    while at < len(body):
        newline = body.find(b"\n", at)
        after = len(body) if newline < 0 else newline + 1
        line = body[at:after].strip()
        if line and not _MORE_DATA.match(line):
            break
        at = after
    return at


def _cut(body: bytes, at: int, finished: bool) -> tuple[bytes, bytes]:
    """Cut at `at` if words and no further data follow. `finished`: the data may be complete there."""
    below = body[at:]
    line = below.split(b"\n", 1)[0].strip()
    if len(below) > MAX_FOOTER or _LONG_RUN.search(below) or not _NO_BASE64.search(below):
        return body, b""
    if _RULER.match(line) or _TWO_WORDS.search(line) or (finished and len(line) > 2 and line[:1].isalpha()):
        return body[:at], below.strip(b"\r\n")
    return body, b""
