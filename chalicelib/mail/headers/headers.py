"""Header blocks: where they end, which lines are fields, and their parameters (RFC 5322, 2045, 2231).
Skips junk lines, mbox "From " lines and missing blank lines, and notes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from chalicelib.mail.charsets import charsets, names
from chalicelib.mail.headers import encoded_words, header_lines
from chalicelib.patterns import pattern

MAX_BLOCK = 256 * 1024
MAX_FIELDS = 2_000
MAX_VALUE = 64 * 1024
MAX_PARAMETERS = 64

_FIELD = pattern(rb"([!-9;-~]{1,998}+)[ \t]*:")
_BLANK_HERE = pattern(rb"[ \t]*\r?\n")
_CHARSET = pattern(rb"charset\s*=\s*\"?([\w.:-]{1,40})", re.I)
_MBOX = pattern(rb">?From (?![ \t]*:)[^\r\n]*\r?\n")


@dataclass(slots=True)
class Headers:
    """The fields of one header block: raw texts by lower-case name, in order."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        values = self.fields.get(name)
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        return self.fields.get(name, [])

    def text(self, name: str, defects: list[str]) -> str:
        """The field's first value, decoded; "" if absent."""
        value = self.get(name)
        return encoded_words.decode(value, defects) if value else ""


def split(raw: bytes, start: int, end: int, defects: list[str]) -> tuple[Headers, int]:
    """The header block that begins at `start`, and the start of the body after it."""
    if raw.startswith(b"\xef\xbb\xbf", start, end):
        start += 3
    mbox = _MBOX.match(raw, start, end)
    if mbox:
        start = mbox.end()
    blank = _BLANK_HERE.match(raw, start, min(end, start + 200))
    if blank:
        return Headers(), blank.end()
    limit = min(end, start + MAX_BLOCK)
    stop, body = _gap(raw, start, limit)
    if stop == limit and limit < end:
        defects.append("headers larger than 256 KB: the rest taken as text")
    return _fields(raw, start, stop, body, defects)


def _gap(raw: bytes, start: int, limit: int) -> tuple[int, int]:
    """The first empty line: (end of the headers, start of the body)."""
    unix, crlf = raw.find(b"\n\n", start, limit), raw.find(b"\n\r\n", start, limit)
    if unix < 0 and crlf < 0:
        return limit, limit
    return (unix + 1, unix + 2) if crlf < 0 or 0 <= unix < crlf else (crlf + 1, crlf + 3)


def _fields(raw: bytes, start: int, stop: int, body: int, defects: list[str]) -> tuple[Headers, int]:
    values: list[header_lines.Field] = []
    seen: set[str] = set()
    known: dict[str, int] | None = None
    at = start
    while at < stop:
        newline = raw.find(b"\n", at, stop)
        after = stop if newline < 0 else newline + 1
        line = raw[at:after].rstrip(b"\r\n")
        at, line_at = after, at
        if line[:1] in (b" ", b"\t"):
            if values:
                values[-1][1].append(line)
            continue
        match = _FIELD.match(line)
        if match:
            if len(values) >= MAX_FIELDS:
                defects.append(f"more than {MAX_FIELDS} header fields: the rest not read")
                break
            seen.add(match.group(1).decode("ascii").lower())
            values.append((match.group(1).decode("ascii").lower(), [line[match.end() :]]))
        elif line.strip():
            known = header_lines.known(raw, line_at, stop) if known is None else known
            if not header_lines.within(line_at, line, values, seen, known):
                defects.append("no blank line between headers and text")
                body = line_at
                break
            if values and header_lines.continues(values[-1], line):
                values[-1][1].append(line)
                defects.append("a line among the headers is no header: taken as part of the one above")
            else:
                defects.append("a line among the headers is no header: skipped")
    return _decoded(values, defects), body


def _decoded(values: list[header_lines.Field], defects: list[str]) -> Headers:
    headers = Headers()
    beside = next((_charset(b" ".join(lines)) for name, lines in values if name == "content-type"), "")
    for name, lines in values:
        joined = b"\n".join(lines)[:MAX_VALUE]
        if name == "subject" and b"+" in joined and b"=?" not in joined and names.codec_for(beside) == "utf-7":
            text = charsets.decode(joined, beside, defects)
        else:
            text = encoded_words.from_bytes(joined, defects, beside)
        headers.fields.setdefault(name, []).append(text.strip())
    return headers


def _charset(content_type: bytes) -> str:
    match = _CHARSET.search(content_type)
    return match.group(1).decode("ascii") if match else ""


_TOKEN = pattern(r"\s*;?\s*(?:([^\s=;\"]{1,60}?)(\*\d{1,3})?(\*)?\s*=\s*)(\"(?:[^\"\\]|\\.)*\"?|[^;]*)", re.S)
_COMMENT = pattern(r"\([^()]*\)")


def parameters(value: str, defects: list[str]) -> tuple[str, dict[str, str]]:
    """Parse a value such as Content-Type: (lower-case value, its decoded parameters) (RFC 2231, 2047)."""
    first, _, rest = value.partition(";")
    if "(" in first:
        first = _COMMENT.sub("", first)
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    at = 0
    for _ in range(MAX_PARAMETERS):
        match = _TOKEN.match(rest, at) if at < len(rest) else None
        if match is None:
            skip = rest.find(";", at)
            if skip < 0 or at >= len(rest):
                break
            at = skip + 1
            continue
        at = match.end()
        name, section, encoded, text = match.groups()
        text = _unquote(text)
        if section or encoded:
            pieces.setdefault(name.lower(), []).append((int(section[1:]) if section else 0, bool(encoded), text))
        else:
            plain.setdefault(name.lower(), encoded_words.decode(text, defects) if "=?" in text else text)
    for name, parts in pieces.items():
        plain[name] = _joined(sorted(parts, key=lambda piece: piece[0]), defects)
    return first.strip().strip("\"'").lower(), plain


def _unquote(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        text = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
        return re.sub(r"\\(.)", r"\1", text.replace("\n", ""), flags=re.S)
    return _COMMENT.sub("", text).strip() if text.endswith(")") and " (" in text else text


def _joined(pieces: list[tuple[int, bool, str]], defects: list[str]) -> str:
    """Join the sections of an RFC 2231 parameter; the first encoded one names the charset."""
    charset = ""
    data = bytearray()
    for index, (_, encoded, text) in enumerate(pieces):
        if encoded and index == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return charsets.decode(bytes(data), charset or "utf-8", defects)
