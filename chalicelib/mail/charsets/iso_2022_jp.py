"""ISO-2022-JP as Japanese mail programs write it, with the rows of NEC and IBM that Python's codec refuses. Two-byte
rows are decoded through Shift JIS (code page 932)."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern


def decode(data: bytes) -> str:
    """The text, decoded from escape to escape; unreadable bytes are replaced."""
    out: list[str] = []
    for piece in re.split(rb"(?=\x1b[$(])", data):
        escape = _ESCAPE.match(piece)
        body = piece[escape.end() :] if escape else piece
        mode = escape.group() if escape else b"\x1b(B"
        if mode in (b"\x1b$B", b"\x1b$@"):
            out.append(_jis_rows(body))
        elif mode == b"\x1b(I":
            out.append(bytes(b | 0x80 for b in body).decode("cp932", "replace"))
        elif mode in (b"\x1b(B", b"\x1b(J", b"\x1b(H"):
            out.append(body.decode("ascii") if body.isascii() else body.decode("cp932", "replace"))
        else:
            out.append(piece.decode("iso2022_jp_ext", "replace"))
    return "".join(out)


_ESCAPE = pattern(rb"\x1b(?:\$\([A-Z]|\$[@AB]|\([A-Z])")
_JIS_PAIR = pattern(rb"[\x21-\x7e]{2}|[^\x21-\x7e]+|[\x21-\x7e]")


def _jis_rows(body: bytes) -> str:
    shifted = bytearray()
    for match in _JIS_PAIR.finditer(body):
        pair = match.group()
        if len(pair) == 2 and 0x21 <= pair[0] <= 0x7E and 0x21 <= pair[1] <= 0x7E:
            row, cell = pair
            lead = (row + 1) // 2 + (0x70 if row <= 0x5E else 0xB0)
            trail = cell + (0x7E if row % 2 == 0 else 0x20 if cell >= 0x60 else 0x1F)
            shifted += bytes((lead, trail))
        else:
            shifted += pair
    return shifted.decode("cp932", "replace")
