"""Decodes header text: encoded words (RFC 2047) as real mails have them, raw 8-bit bytes, control characters.
Linear in the length of the header."""

from __future__ import annotations

from chalicelib.mail.charsets import charsets, encodings, names
from chalicelib.patterns import pattern

# Spaces inside a word and a missing final "?=" break the standard, but are common enough to accept.
_WORD = pattern(r"=\?([^?=\s]{1,60})\?([bBqQ])\?([^?\r\n]*(?:\?(?!=)[^?\r\n]*){0,20})\?=")
_UNPRINTABLE = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_FOLD = pattern(r"[\r\n]+[ \t]*|\t")
_FOREIGN_BREAK = pattern(r"[\x85\u2028\u2029]+")


def decode(raw: str, defects: list[str]) -> str:
    """A header's text: unfolded, encoded words decoded, without characters that reorder or hide text."""
    text = _FOLD.sub(" ", raw) if "\n" in raw or "\t" in raw or "\r" in raw else raw
    if "=?" in text:
        text = _decode_words(text, defects)
        text = _FOLD.sub(" ", text)
    if not text.isascii():
        text = _FOREIGN_BREAK.sub(" ", text)
    return _UNPRINTABLE.sub("", text).strip()


def from_bytes(raw: bytes, defects: list[str], beside: str = "") -> str:
    """Header bytes as text; encoded words stay encoded. `beside` is the charset of the mail's text."""
    return raw.decode("ascii") if raw.isascii() and b"\x1b" not in raw else charsets.unlabelled(raw, defects, beside)


def _decode_words(text: str, defects: list[str]) -> str:
    out: list[str] = []
    pending: tuple[str, bytearray] | None = None
    at = 0
    for match in _WORD.finditer(text):
        between = text[at : match.start()]
        charset, encoding, payload = match.groups()
        charset = charset.split("*")[0].lower()
        at = match.end()
        data = _payload(charset, encoding, payload, defects)
        # White space between two encoded words does not count; a character may be split across words of one charset.
        if pending and not between.strip() and pending[0] == charset:
            pending[1].extend(data)
            continue
        if pending:
            out.append(charsets.decode(bytes(pending[1]), pending[0], defects))
        if between.strip() or not pending:
            out.append(between)
        pending = (charset, bytearray(data))
    if pending:
        out.append(charsets.decode(bytes(pending[1]), pending[0], defects))
    out.append(text[at:])
    return "".join(out)


def _payload(charset: str, encoding: str, payload: str, defects: list[str]) -> bytes:
    # Raw 8-bit letters inside an encoded word were in its charset before the whole header was decoded.
    codec = "utf-8" if payload.isascii() else names.codec_for(charset) or "utf-8"
    data = payload.encode(codec, "replace")
    return encodings.base64(data, defects) if encoding in "bB" else encodings.quoted(data)
