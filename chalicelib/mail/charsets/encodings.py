"""Undoes Content-Transfer-Encoding: base64, quoted-printable and uuencode as mails really have them.
Never fails; damage is noted in `defects`."""

from __future__ import annotations

import binascii
import re

from chalicelib.mail.charsets import base64_footers, wrong_encodings
from chalicelib.patterns import pattern

_NOT_BASE64 = pattern(rb"[^A-Za-z0-9+/=]+")
_IDENTITY = ("", "7bit", "8bit", "binary", "7-bit", "8-bit")
# Padding ends the data (RFC 2045, 6.8): ignore the rest of that line.
_AFTER_PADDING = pattern(rb"=[ \t][^\r\n]*")
_PADDED_RUN = pattern(rb"[A-Za-z0-9+/]+={0,3}")
MAX_UUENCODED = 50
_UU_END = pattern(rb"^end[ \t]*\r?$", re.M)
_UU_BEGIN = pattern(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.M)


def decode(body: bytes, encoding: str, defects: list[str], *, is_text: bool = False, is_shown: bool = False) -> bytes:
    """The bytes of a part before its transfer encoding. `is_text`: it consists of characters, which show whether the
    encoding is wrong. `is_shown`: it is no file, whose bytes count."""
    name = _name(encoding)
    if name in _IDENTITY:
        clear = wrong_encodings.unescaped(body) if is_shown else body
        if clear is not body:
            defects.append("quoted-printable labelled as unencoded: decoded")
        return clear
    if name == "base64" and is_text and wrong_encodings.are_words(body):
        defects.append("text labelled base64: taken as it is")
        return body
    if name == "base64":
        return base64(body, defects)
    if name == "quoted-printable":
        return binascii.a2b_qp(body)
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        begin = _UU_BEGIN.search(body)
        content, damaged, _ = _uu_lines(body[begin.end() :] if begin else body)
        _note_damage(damaged, defects)
        return content
    defects.append(f"unknown transfer encoding {name[:40]!r}: taken as it is")
    return body


def footer(body: bytes, encoding: str) -> bytes:
    """The unencoded text below a base64 body."""
    if _name(encoding) != "base64" or wrong_encodings.are_words(body):
        return b""
    return base64_footers.apart(body)[1]


def _name(encoding: str) -> str:
    return encoding.strip().lower().split(";")[0].strip(" \t'\"")


def base64(body: bytes, defects: list[str]) -> bytes:
    """Decode base64, also with noise, missing padding, several padded runs, or an unencoded footer below."""
    try:
        return binascii.a2b_base64(body, strict_mode=True) if b"\n" not in body else _clean(body)
    except binascii.Error:
        data, footer_below = base64_footers.apart(body)
        if footer_below:
            return base64(data, defects)
    letters = _NOT_BASE64.sub(b"", _AFTER_PADDING.sub(b"=", body))
    out = bytearray()
    for run in _PADDED_RUN.finditer(letters):
        letters_only = run.group().rstrip(b"=")
        unfinished = len(letters_only) % 4
        if run.start() and unfinished and not run.group().endswith(b"="):
            # After padding, only complete groups are further data; an incomplete one is a stray word.
            letters_only = letters_only[:-unfinished]
        elif unfinished == 1:
            defects.append("base64 is cut short")
            letters_only = letters_only[:-1]
        out += binascii.a2b_base64(letters_only + b"=" * (-len(letters_only) % 4))
    return bytes(out)


def _clean(body: bytes) -> bytes:
    return binascii.a2b_base64(body.translate(None, b"\r\n \t"), strict_mode=True)


def quoted(text: bytes) -> bytes:
    """The Q encoding of headers: quoted-printable with "_" for a space."""
    return binascii.a2b_qp(text, header=True)


def without_uuencoded(body: bytes, defects: list[str]) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A text without its uuencoded files, and these files as (name, content)."""
    files: list[tuple[bytes, bytes]] = []
    kept: list[bytes] = []
    at = 0
    while (begin := _UU_BEGIN.search(body, at)) and len(files) < MAX_UUENCODED:
        end = _UU_END.search(body, begin.end())
        if end is None:
            break
        content, damaged, lines = _uu_lines(body[begin.end() : end.start()])
        # Words between "begin" and "end" are not a file; a file with a few damaged lines is one.
        is_file = bool(content) and damaged * 2 <= lines
        kept.append(body[at : begin.start() if is_file else end.end()])
        if is_file:
            _note_damage(damaged, defects)
            files.append((begin.group(1).strip(), content))
        at = end.end()
    kept.append(body[at:])
    return b"".join(kept), files


def _note_damage(lines: int, defects: list[str]) -> None:
    if lines:
        defects.append("uuencode is damaged: some bytes of the file are not what was sent")


def _uu_lines(body: bytes) -> tuple[bytes, int, int]:
    """(content of the uuencoded lines, number of damaged lines, number of lines)."""
    out = bytearray()
    damaged = count = 0
    for line in body.splitlines():
        if not line.strip() or line.startswith(b"end"):
            continue
        count += 1
        # Some encoders shorten the last group or append a checksum: the length byte is decisive.
        size = (((line[0] - 32) & 63) * 4 + 5) // 3
        for written in (line, line[:size].ljust(size)):
            try:
                out += binascii.a2b_uu(written)
                break
            except binascii.Error:
                continue
        else:
            damaged += 1
            out += _uu_damaged(line)
    return bytes(out), damaged, count


def _uu_damaged(line: bytes) -> bytes:
    """As many bytes as the line announces, so that later bytes keep their positions. Unreadable letters count as
    zero."""
    length = (line[0] - 32) & 63
    bits = 0
    for letter in line[1 : 1 + (length * 4 + 2) // 3].ljust((length + 2) // 3 * 4):
        bits = bits << 6 | ((letter - 32) & 63 if 32 <= letter <= 96 else 0)
    return bits.to_bytes((length + 2) // 3 * 3, "big")[:length]
