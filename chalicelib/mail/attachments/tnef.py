"""Unpacks winmail.dat (MS-OXTNEF): its files, and its text if the mail has none.
Reads by offsets within the given bytes; the caller keeps a damaged container whole."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
MAX_FILES = 200
MAX_PROPERTIES = 2_000
_SIGNATURE = 0x223E9F78
_BODY, _TITLE, _DATA, _CODE_PAGE = 0x800C, 0x8010, 0x800F, 0x9007
_NEW_FILE, _FILE_PROPERTIES, _MESSAGE_PROPERTIES = 0x9002, 0x9005, 0x9003
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = (0x0D, 0x1E, 0x1F, 0x102)


@dataclass(slots=True)
class File:
    """One file in the container."""

    name: str = ""
    content_type: str = "application/octet-stream"
    content_id: str | None = None
    content: bytes = b""


@dataclass(slots=True)
class Unpacked:
    """The content of a container."""

    text: str = ""
    html: str = ""
    files: list[File] = field(default_factory=list)


def unpack(data: bytes, defects: list[str]) -> Unpacked | None:
    """The container's content, or None (and a defect) if it is damaged or empty."""
    try:
        unpacked = _attributes(data)
    except (struct.error, ValueError, LookupError) as error:
        defects.append(f"winmail.dat could not be unpacked ({type(error).__name__}): kept whole")
        return None
    if not (unpacked.files or unpacked.text or unpacked.html):
        defects.append("winmail.dat holds neither text nor files: kept whole")
        return None
    defects.append("winmail.dat unpacked")
    return unpacked


def _attributes(data: bytes) -> Unpacked:
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        raise ValueError("no TNEF signature")
    out, at, codec = Unpacked(), 6, "cp1252"
    while at + 9 <= len(data):
        _, tag, _, size = struct.unpack_from("<BHHI", data, at)
        value = data[at + 9 : at + 9 + size]
        if len(value) < size:
            raise ValueError("cut short")
        at += 9 + size + 2
        if tag == _CODE_PAGE and size >= 4:
            codec = _codec(struct.unpack_from("<I", value)[0])
        elif tag == _BODY:
            out.text = value.decode(codec, "replace").rstrip("\0")
        elif tag == _MESSAGE_PROPERTIES:
            _message(out, value, codec)
        elif tag == _NEW_FILE and len(out.files) < MAX_FILES:
            out.files.append(File())
        elif out.files and tag == _TITLE and not out.files[-1].name:
            out.files[-1].name = value.decode(codec, "replace").rstrip("\0")
        elif out.files and tag == _DATA:
            out.files[-1].content = value
        elif out.files and tag == _FILE_PROPERTIES:
            _file(out.files[-1], value, codec)
    out.files = [file for file in out.files if file.content]
    return out


def _codec(page: int) -> str:
    name = f"cp{page}"
    try:
        b"".decode(name)
    except LookupError:
        return "cp1252"
    return name


def _message(out: Unpacked, value: bytes, codec: str) -> None:
    properties = _properties(value, codec)
    text, html = properties.get(0x1000), properties.get(0x1013)
    if isinstance(text, str) and not out.text:
        out.text = text
    if isinstance(html, bytes):
        html = html.decode(codec, "replace")
    if html:
        out.html = html.rstrip("\0")


def _file(file: File, value: bytes, codec: str) -> None:
    properties = _properties(value, codec)
    name, kind, identity = (properties.get(tag) for tag in (0x3707, 0x370E, 0x3712))
    file.name = name if isinstance(name, str) and name else file.name
    file.content_type = kind.lower() if isinstance(kind, str) and "/" in kind else file.content_type
    file.content_id = identity.strip("<>") if isinstance(identity, str) and identity else file.content_id
    data = properties.get(0x3701)
    if isinstance(data, bytes) and not file.content:
        file.content = data


def _properties(data: bytes, codec: str) -> dict[int, str | bytes]:
    """The MAPI properties with strings or bytes; numbers are skipped."""
    found: dict[int, str | bytes] = {}
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _ in range(min(count, MAX_PROPERTIES)):
        kind, tag = struct.unpack_from("<HH", data, at)
        at += 4
        if tag >= 0x8000:
            at = _skip_name(data, at)
        multiple, kind = kind & 0x1000, kind & ~0x1000
        if kind in _FIXED:
            repeat = struct.unpack_from("<I", data, at)[0] if multiple else 1
            at += (4 if multiple else 0) + _FIXED[kind] * repeat
            continue
        if kind not in _VARIABLE:
            raise ValueError("unknown property type")
        (repeat,) = struct.unpack_from("<I", data, at)
        at += 4
        for _ in range(min(repeat, MAX_PROPERTIES)):
            (size,) = struct.unpack_from("<I", data, at)
            value = data[at + 4 : at + 4 + size]
            at += 4 + size + (-size % 4)
            if at > len(data) + 3:
                raise ValueError("cut short")
            found.setdefault(tag, _value(kind, value, codec))
    return found


def _value(kind: int, value: bytes, codec: str) -> str | bytes:
    if kind == 0x1E:
        return value.decode(codec, "replace").rstrip("\0")
    if kind == 0x1F:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return value[16:] if kind == 0x0D else value


def _skip_name(data: bytes, at: int) -> int:
    at += 16
    (kind,) = struct.unpack_from("<I", data, at)
    if kind == 0:
        return at + 8
    size = int(struct.unpack_from("<I", data, at + 4)[0])
    return at + 8 + size + (-size % 4)
