"""A zip archive that is written in pieces; another process can resume after any pause.

The state a writer hands on is small: the archive's length and, within a file, that file's checksum and sizes. At a
pause the compressor is flushed and a new one begins, which readers do not notice (RFC 1951: blocks follow each other).
The directory at the end of a zip grows with the number of files. So its records are handed out at each pause
(`drain_directory`) and given back for the end (`close`).
"""

import json
import struct
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

# Flags: sizes follow the content, and names are UTF-8.
_FLAGS = 0x0808
_DEFLATED, _VERSION, _VERSION_64 = 8, 20, 45
# 1 January 1980, midnight. A constant date, so that the same files make the same archive.
_DATE = 0x0021
_MAX_16, _MAX_32 = 0xFFFF, 0xFFFFFFFF


@dataclass(slots=True)
class _Member:
    """A file of the archive: where it begins, and its checksum and sizes so far."""

    name: str
    offset: int
    crc: int = 0
    packed: int = 0
    size: int = 0


class Zip:
    """Returns the bytes of the archive while its files are written, one after the other."""

    def __init__(self, state: str = "") -> None:
        """A new archive, or one that resumes where the writer of this `state` paused."""
        kept: dict[str, Any] = json.loads(state) if state else {"length": 0, "member": None}
        self._length: int = kept["length"]
        self._member = _Member(**kept["member"]) if kept["member"] else None
        self._compressor = _compressor()
        self._directory = bytearray()

    def start(self, name: str) -> bytes:
        """Begin a file."""
        self._member = _Member(name, self._length)
        encoded = name.encode()
        head = struct.pack("<4s5H3L2H", b"PK\x03\x04", _VERSION, _FLAGS, _DEFLATED, 0, _DATE, 0, 0, 0, len(encoded), 0)
        return self._out(head + encoded)

    def write(self, content: bytes) -> bytes:
        """Add content to the file that was begun."""
        member = self._open()
        member.crc = zlib.crc32(content, member.crc)
        member.size += len(content)
        return self._packed(self._compressor.compress(content))

    def end(self) -> bytes:
        """Complete the file."""
        member = self._open()
        rest = self._packed(self._compressor.flush())
        self._compressor, self._member = _compressor(), None
        self._directory += _record(member)
        return rest + self._out(struct.pack("<4s3L", b"PK\x07\x08", member.crc, member.packed, member.size))

    def file(self, name: str, content: bytes) -> bytes:
        """Write a whole file."""
        return self.start(name) + self.write(content) + self.end()

    def pause(self) -> bytes:
        """The bytes still in the compressor. After this, everything is written and `state` lets another writer
        resume."""
        if self._member is None:
            return b""
        rest = self._packed(self._compressor.flush(zlib.Z_SYNC_FLUSH))
        self._compressor = _compressor()
        return rest

    @property
    def state(self) -> str:
        """After a pause: what another writer needs to resume."""
        return json.dumps({"length": self._length, "member": asdict(self._member) if self._member else None})

    def drain_directory(self) -> bytes:
        """The directory's records of the files that ended since the last call."""
        records, self._directory = bytes(self._directory), bytearray()
        return records

    def close(self, earlier: Iterable[bytes] = ()) -> bytes:
        """The end of the archive. `earlier`: everything that `drain_directory` has returned, in order; the rest is
        added."""
        records = b"".join(earlier) + self.drain_directory()
        count, begin, size = _count(records), self._length, len(records)
        end = b""
        if count >= _MAX_16 or begin >= _MAX_32 or size >= _MAX_32:
            end += struct.pack(
                "<4sQ2H2L4Q", b"PK\x06\x06", 44, _VERSION_64, _VERSION_64, 0, 0, count, count, size, begin
            )
            end += struct.pack("<4sLQL", b"PK\x06\x07", 0, begin + size, 1)
        few, short, near = min(count, _MAX_16), min(size, _MAX_32), min(begin, _MAX_32)
        end += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, few, few, short, near, 0)
        return self._out(records + end)

    def _open(self) -> _Member:
        if self._member is None:
            raise ValueError("no file of the archive was begun")
        return self._member

    def _packed(self, content: bytes) -> bytes:
        self._open().packed += len(content)
        return self._out(content)

    def _out(self, content: bytes) -> bytes:
        self._length += len(content)
        return content


def _compressor() -> "zlib._Compress":
    return zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)


def _record(member: _Member) -> bytes:
    """A file's record in the directory. Only its offset can exceed 32 bits, because no single file is that large."""
    far = member.offset >= _MAX_32
    extra = struct.pack("<2HQ", 1, 8, member.offset) if far else b""
    name = member.name.encode()
    version = _VERSION_64 if far else _VERSION
    sizes = (member.crc, member.packed, member.size, len(name), len(extra), 0, 0, 0, 0)
    head = (b"PK\x01\x02", version, version, _FLAGS, _DEFLATED, 0, _DATE)
    return struct.pack("<4s6H3L5H2L", *head, *sizes, min(member.offset, _MAX_32)) + name + extra


def _count(records: bytes) -> int:
    count = place = 0
    while place < len(records):
        name, extra, comment = struct.unpack_from("<3H", records, place + 28)
        place += 46 + name + extra + comment
        count += 1
    return count
