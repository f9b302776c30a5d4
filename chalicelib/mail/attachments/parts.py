"""The MIME tree (RFC 2045, 2046) as offsets into the raw mail: nothing is copied until a part is read.
Depth and number of parts are bounded; the time is at most the mail's size times the allowed depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.mail.charsets import encodings
from chalicelib.mail.headers import headers
from chalicelib.mail.headers.headers import Headers
from chalicelib.patterns import pattern

MAX_DEPTH = 20
MAX_PARTS = 1_000
MAX_CANDIDATES = 20_000
MAX_BYTES = 60 * 1024 * 1024


@dataclass(slots=True)
class Part:
    """One entity: its headers, its type, and either children or a body between two offsets."""

    raw: bytes
    start: int
    end: int
    headers: Headers
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    name: str = ""
    children: list[Part] = field(default_factory=list)

    def content(self, defects: list[str]) -> bytes:
        """The body with its transfer encoding undone."""
        is_file = bool(self.name) or self.disposition == "attachment"
        return encodings.decode(
            self.raw[self.start : self.end],
            self.headers.get("content-transfer-encoding"),
            defects,
            is_text=self.content_type.startswith(("text/", "message/")),
            is_shown=self.content_type in ("text/plain", "text/html") and not is_file,
        )

    def footer(self) -> bytes:
        """The unencoded words that a server on the way added below the encoded body."""
        return encodings.footer(self.raw[self.start : self.end], self.headers.get("content-transfer-encoding"))

    def walk(self) -> Iterator[Part]:
        """This part and all parts below it, in order."""
        stack = [self]
        while stack:
            part = stack.pop()
            yield part
            stack.extend(reversed(part.children))


def parse(raw: bytes, defects: list[str]) -> Part:
    """The tree of a whole mail. Bytes beyond MAX_BYTES are not read."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
        defects.append("lines end in CR alone")
    end = len(raw)
    if end > MAX_BYTES:
        defects.append(f"larger than {MAX_BYTES >> 20} MB: the rest not read")
        end = MAX_BYTES
    return _Reader(raw, defects).part(0, end, 0, "text/plain")


@dataclass(slots=True)
class _Reader:
    raw: bytes
    defects: list[str]
    count: int = 0

    def part(self, start: int, end: int, depth: int, default: str) -> Part:
        self.count += 1
        fields, body = headers.split(self.raw, start, end, self.defects)
        part = Part(self.raw, body, end, fields, default)
        if "content-type" in fields.fields:
            kind, part.parameters = headers.parameters(fields.get("content-type"), self.defects)
            part.content_type = _kind(kind, default)
        if "content-disposition" in fields.fields:
            part.disposition, more = headers.parameters(fields.get("content-disposition"), self.defects)
            part.name = more.get("filename", "")
        part.name = part.name or part.parameters.get("name", "")
        if part.content_type.startswith("multipart/"):
            self._open(part, depth)
        return part

    def _open(self, part: Part, depth: int) -> None:
        if depth >= MAX_DEPTH:
            _once(self.defects, f"nested deeper than {MAX_DEPTH}: kept as one attachment")
            part.content_type = "application/octet-stream"
            return
        declared = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
        boundary = declared if declared and self._has(part, declared) else self._sniffed(part)
        if not boundary:
            self._read_as_text(part, declared, depth)
            return
        preamble = self._preamble(part, boundary) if len(part.headers.all("content-type")) > 1 else None
        if preamble:
            part.children.append(preamble)
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for start, end in self._segments(part, boundary):
            if self.count >= MAX_PARTS:
                _once(self.defects, f"more than {MAX_PARTS} parts: the rest not read")
                break
            part.children.append(self.part(start, end, depth + 1, default))

    def _read_as_text(self, part: Part, declared: bytes, depth: int) -> None:
        """Read a multipart without an opening delimiter as text: what stands above the closing delimiter, or else below
        it."""
        self.defects.append("multipart without parts: read as text")
        closing = self._delimiter(part.start, part.end, b"--" + declared, part.start) if declared else None
        if closing:
            above = self.raw[part.start : closing[0]].strip()
            part.start, part.end = (part.start, closing[0]) if above else (closing[1], part.end)
        headed = _HEADED.match(self.raw, part.start, part.end)
        if headed:
            part.children.append(self.part(headed.start(1), part.end, depth + 1, "text/plain"))
        else:
            part.content_type = "text/html" if _HTML.match(self.raw, part.start, part.end) else "text/plain"

    def _preamble(self, part: Part, boundary: bytes) -> Part | None:
        """The text above the first delimiter if the part declares both multipart and text: a delimiter was lost
        there."""
        kind, more = headers.parameters(part.headers.all("content-type")[-1], self.defects)
        found = self._delimiter(part.start, part.end, b"--" + boundary, part.start)
        if not kind.startswith("text/") or found is None or not self.raw[part.start : found[0]].strip():
            return None
        self.defects.append("two Content-Types: read as both")
        return Part(self.raw, part.start, found[0], part.headers, kind, more)

    def _has(self, part: Part, boundary: bytes) -> bool:
        """Whether a delimiter opens a part. A closing delimiter opens none."""
        found = self._delimiter(part.start, part.end, b"--" + boundary, part.start)
        return found is not None and not found[2]

    def _sniffed(self, part: Part) -> bytes:
        """The boundary really used if the declared one is missing or wrong: a "--" line before a Content- header."""
        match = _SNIFF.search(self.raw, part.start, min(part.end, part.start + 65_536))
        if match is None:
            return b""
        self.defects.append("boundary missing or wrong: found in the text")
        return match.group(1)

    def _segments(self, part: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
        mark = b"--" + boundary
        found = self._delimiter(part.start, part.end, mark, part.start)
        while found:
            _, begin, closing = found
            if closing:
                return
            found = self._delimiter(begin, part.end, mark, begin)
            stop = found[0] if found else part.end
            if found is None:
                _once(self.defects, "multipart without its closing boundary")
            if stop > begin or found:
                yield begin, max(begin, stop)

    def _delimiter(self, start: int, end: int, mark: bytes, floor: int) -> tuple[int, int, bool] | None:
        """The next delimiter line: (end of the text before it, start of the next part, whether it closes the
        multipart)."""
        raw, at = self.raw, start
        if not raw.startswith(mark, at, end):
            at = raw.find(b"\n" + mark, max(at - 1, 0), end) + 1
        for _ in range(MAX_CANDIDATES):
            if not at:
                break
            tail = at + len(mark)
            newline = raw.find(b"\n", tail, min(end, tail + 200))
            rest = raw[tail : newline if newline >= 0 else min(end, tail + 200)]
            closing = rest.startswith(b"--") and not (
                rest.strip() == b"--" and self._declared(start, at, mark[2:] + b"--")
            )
            if closing or not rest.strip():
                before = at - 1 if at > floor else at
                if before > floor and raw[before - 1 : before] == b"\r":
                    before -= 1
                return max(before, floor), (newline + 1 if newline >= 0 else end), closing
            at = raw.find(b"\n" + mark, tail, end) + 1
        return None

    def _declared(self, start: int, at: int, boundary: bytes) -> bool:
        """Whether an inner multipart declares this boundary: then its delimiter does not close the outer multipart."""
        return self.raw.find(b"boundary", start, at) >= 0 and self.raw.find(b'="' + boundary + b'"', start, at) >= 0


_SNIFF = pattern(
    rb"^--([^\s][^\r\n]{0,200}?)[ \t]*\r?\n(?:[!-9;-~]+:[^\n]*\n)??content-(?:type|transfer-encoding"
    rb"|disposition):",
    re.I | re.M,
)
# The headers of a part that remain when the delimiter above it was lost.
_HEADED = pattern(rb"\s*^(content-(?:type|transfer-encoding|disposition)[ \t]*:)", re.I | re.M)
_HTML = pattern(rb"\s*<(?:!doctype\s|html|head|body|div|p|table|span|meta)\b", re.I)
_KIND = pattern(r"[\w.+-]+/[\w.+-]+")
# Form mailers write these instead of a media type.
_MISNAMED = {
    "text": "text/plain",
    "plain": "text/plain",
    "plain/text": "text/plain",
    "html": "text/html",
    "html/text": "text/html",
    "text/x-html": "text/html",
    "text/xhtml": "text/html",
    "application/html": "text/html",
}


def _kind(kind: str, default: str) -> str:
    """A valid media type for the declared one."""
    if kind in _MISNAMED:
        return _MISNAMED[kind]
    match = _KIND.match(kind)
    if match:
        return match.group()
    return "multipart/mixed" if kind in ("multipart", "multipart/") else default


def _once(defects: list[str], text: str) -> None:
    if text not in defects:
        defects.append(text)
