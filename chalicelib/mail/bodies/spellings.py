"""Other spellings of a text in a file, beyond what a mail's own encodings hide: formats fold lines in the middle of
words and escape signs, so that an address or a sentence stands in no single piece. For callers that search."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import islice

from chalicelib.mail.charsets import encodings
from chalicelib.patterns import pattern

# Calendars and cards: RFC 5545, 3.1, RFC 6350, 3.2, and their forerunners with quoted-printable values.
_CARD = pattern(r"\bBEGIN:V[A-Z]", re.I)
_METHOD = pattern(r"^METHOD:[ \t]{0,9}([A-Z-]{1,40})", re.I | re.M)
_FOLD = pattern(r"\r?\n[ \t]")
_ESCAPED = pattern(r"\\([nN,;:\\])")
_SOFT_BREAK = pattern(r"=[ \t]{0,9}\r?\n")
_BASE64 = pattern(
    r"(?:;(?:ENCODING=)?B(?:ASE64)?(?:;[^:;\r\n]{1,80}){0,6}:|\bdata:(?!image/)[\w/+.-]{0,80}(?:;[^,;\r\n]{1,80}){0,4};base64,)"
    r"\s{0,4}([A-Za-z0-9+/=\r\n \t]{24,})",
    re.I,
)
_RTF = pattern(r"\s{0,9}\{\\rtf")
_RTF_BREAK = pattern(r"\\(?:par|line|cell|row)\b[ ]?")
_RTF_HEX = pattern(r"\\'([0-9a-fA-F]{2})")
_RTF_UNICODE = pattern(r"\\u(\d{1,5})\b[ ]?(?:\\'[0-9a-fA-F]{2}|\?)?")
_RTF_WORD = pattern(r"\\[a-z]{1,32}-?\d{0,10}[ ]?|[{}]")
_MOST_VALUES = 20
# So many characters of rich text are read, and four times as many of a calendar, a card or a page: it is slow.
_MOST = 1_000_000


def is_card(content: bytes) -> bool:
    """Whether a file is a calendar or a card, whatever it is called."""
    return content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:7].upper() == b"BEGIN:V"


def spelled(text: str) -> Iterator[str]:
    """The text as a reader's program shows it, once for each format that it could be in; nothing for plain text."""
    if _CARD.search(text):
        yield from _card(text[: 4 * _MOST])
    if _RTF.match(text):
        yield _rtf(text[:_MOST])


def packed(text: str) -> Iterator[bytes]:
    """What a calendar, a card or a page holds as base64: a file within the file."""
    for found in islice(_BASE64.finditer(text[: 4 * _MOST]), _MOST_VALUES):
        yield encodings.base64(found[1].encode(), [])


def invites(text: str) -> bool:
    """Whether a calendar's program wrote it to arrange something (RFC 5546), and not to hand out a date."""
    method = _METHOD.search(text)
    return method is not None and method[1].upper() != "PUBLISH"


def card_text(text: str) -> str:
    """A calendar's or card's lines, unfolded and with its escaped signs as themselves."""
    return _ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], _FOLD.sub("", text))


def _card(text: str) -> Iterator[str]:
    yield card_text(text)
    if "=" in text:
        soft = _SOFT_BREAK.sub("", text)
        yield card_text(binascii.a2b_qp(soft.encode("utf-8", "replace")).decode("utf-8", "replace"))


def _rtf(text: str) -> str:
    """Line breaks mean nothing in RTF (Rich Text Format 1.9.1), and writers put them anywhere."""
    shown = _RTF_BREAK.sub("\0", text.replace("\r", "").replace("\n", ""))
    shown = _RTF_UNICODE.sub(lambda code: chr(int(code[1]) % 0x10000), shown)
    shown = _RTF_HEX.sub(lambda code: bytes.fromhex(code[1]).decode("cp1252", "replace"), shown)
    return _RTF_WORD.sub("", shown).replace("\0", "\n")
