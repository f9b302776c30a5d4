"""Text whose Content-Transfer-Encoding is wrong: words labelled base64, and quoted-printable that is labelled as no
encoding. People write about codes as well, so the bytes must leave no doubt (decision 335)."""

from __future__ import annotations

import binascii
import codecs
import re

from chalicelib.patterns import pattern

_SAMPLE = 8_192
_LINES = 6
_ALPHABET = pattern(rb"[A-Za-z0-9+/]+=*")
_MARKUP = pattern(rb"<[!?A-Za-z/]")
# A word with its punctuation, a number, an address, a link, anything beyond ASCII. Base64 changes its case in a word.
_NATURAL = pattern(
    rb"[\W_]{0,4}(?:[A-Za-z]?[a-z]{0,30}|[A-Z]{1,30}|\d{1,20})(?:[-'/.:][A-Za-z]?[a-z]{0,30}|[-/.:,]\d{1,20}){0,8}[^\w+/=]{0,8}"
    rb"|[\x21-\x7e]{0,80}(?:@|://)[\x21-\x7e]{1,200}|[^\s]{0,80}[\x80-\xff][^\s]{0,200}"
)
_LONG_RUN = pattern(rb"[A-Za-z0-9+/]{40,}=*")
_WORD = pattern(rb"[A-Za-z][a-z]{4,30}")
_CONTROLS = frozenset((*range(9), 11, *range(14, 27), *range(28, 32), 127))
_LINK_OR_ESCAPED = pattern(rb"https?://[^\s<>\"]{1,2000}|((?:=[89A-F][0-9A-F])+)", re.I)
_ANY_ESCAPE = pattern(rb"=(?:[0-9A-F]{2}|[ \t]*\r?\n|\Z)")
_PARAMETER = pattern(rb"[?&][\w.-]{1,60}=(?!3D)")
# Escapes between quotation marks are quoted by somebody who saw them.
_CITED = pattern(rb"\"[^\"\r\n]{0,200}\"|(?<!\w)'[^'\r\n]{0,200}'(?!\w)|`[^`\r\n]{0,200}`")
_SOURCE = pattern(rb"^[> \t]*content-transfer-encoding[ \t]*:", re.I | re.M)
_SEVERAL = 2
_MAX_TEXT = 2 * 1024 * 1024


def are_words(body: bytes) -> bool:
    """Whether this text, which is labelled base64, is not encoded at all: its first lines are words, and they decode to
    no text."""
    lines = [line.strip() for line in body[:_SAMPLE].splitlines() if line.strip()][:_LINES]
    if not lines or _is_data(lines[0]):
        return False
    if _decodes(b"".join(lines), final=False):
        return False
    if _MARKUP.match(lines[0]):
        return True
    tokens = b" ".join(lines).split()
    alone = len(tokens) == 1 and bool(_ALPHABET.fullmatch(tokens[0]))
    if (alone and not _WORD.fullmatch(tokens[0])) or any(map(_LONG_RUN.fullmatch, tokens)):
        return False
    natural = sum(bool(_NATURAL.fullmatch(token)) for token in tokens)
    return natural * 10 >= len(tokens) * 6


def unescaped(body: bytes) -> bytes:
    """The text without the escapes of quoted-printable that its label does not announce: if it has several letters that
    are escaped UTF-8, and no other letters beyond ASCII. If each "=" is an escape, all are undone."""
    if b"=" not in body or len(body) > _MAX_TEXT or not body.isascii() or _SOURCE.search(body):
        return body
    try:
        clear = _LINK_OR_ESCAPED.sub(_unescape, body).decode("utf-8")
    except UnicodeDecodeError:
        return body
    said = _LINK_OR_ESCAPED.sub(_unescape, _CITED.sub(b"", body)).decode("utf-8", "replace")
    if sum(c > "\x7f" and c.isalpha() for c in said) < _SEVERAL:
        return body
    if len(_ANY_ESCAPE.findall(body)) == body.count(b"=") and not _PARAMETER.search(body):
        return binascii.a2b_qp(body)
    return clear.encode()


def _unescape(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found.group(1).replace(b"=", b"").decode()) if found.group(1) else found.group()


def _is_data(line: bytes) -> bool:
    """Whether this line is one run of base64, not a greeting or a number."""
    if not _ALPHABET.fullmatch(line):
        return False
    return line.endswith(b"=") or not _NATURAL.fullmatch(line) or _decodes(line, final=True)


def _decodes(data: bytes, *, final: bool) -> bool:
    """Whether these bytes are text after decoding, whatever noise there is among them. `final`: they end with a whole
    character."""
    letters = re.sub(rb"[^A-Za-z0-9+/]+", b"", data.split(b"=")[0])
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    decoded = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(decoded, final)
    except UnicodeDecodeError:
        return False
    return bool(decoded) and not _CONTROLS & set(decoded)
