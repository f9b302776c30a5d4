"""Opaque S/MIME signatures (RFC 8551, application/pkcs7-mime): extracts the signed mail without verifying it. Reads a
few levels of BER by offsets; unexpected data gives None."""

from __future__ import annotations

TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
MAX_PIECES = 100_000


def signed_content(data: bytes) -> bytes | None:
    """The content of a SignedData structure (RFC 5652), or None for anything else, such as encrypted data."""
    if _SIGNED_DATA not in data[:64]:
        return None
    try:
        content_info = _children(data, 0, len(data))[0]
        explicit = _children(data, *content_info[1:])[1]
        signed_data = _children(data, *explicit[1:])[0]
        encapsulated = _children(data, *signed_data[1:])[2]
        fields = _children(data, *encapsulated[1:])
        return _octets(data, *_children(data, *fields[1][1:])[0])
    except (IndexError, ValueError):
        return None


def _children(data: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """The (tag, start, end) of each value between two offsets; at most four, since no caller needs more."""
    found: list[tuple[int, int, int]] = []
    at = start
    while at < end and len(found) < 4:
        tag, begin, stop, at = _value(data, at, end)
        found.append((tag, begin, stop))
    return found


def _value(data: bytes, at: int, end: int) -> tuple[int, int, int, int]:
    """One value: (tag, start of its content, end of its content, start of the next value)."""
    tag, length = data[at], data[at + 1]
    at += 2
    if tag & 0x1F == 0x1F:
        raise ValueError("long tags are not used here")
    if length == 0x80:
        # Indefinite length: the content may reach to the end; the callers stop earlier.
        return tag, at, end, end
    if length > 0x80:
        size = length & 0x7F
        if size > 4:
            raise ValueError("length too large")
        length = int.from_bytes(data[at : at + size], "big")
        at += size
    if at + length > end:
        raise ValueError("cut short")
    return tag, at, at + length, at + length


def _octets(data: bytes, tag: int, start: int, end: int) -> bytes:
    """An octet string, in one piece or in several."""
    if tag == 0x04:
        return data[start:end]
    if tag != 0x24:
        raise ValueError("no octet string")
    out = bytearray()
    at = start
    for _ in range(MAX_PIECES):
        if at + 1 >= end or data[at] != 0x04:
            break
        _, begin, stop, at = _value(data, at, end)
        out += data[begin:stop]
    return bytes(out)
