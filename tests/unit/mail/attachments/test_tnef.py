"""winmail.dat: unpacked if possible, otherwise kept as a file."""

import struct

from chalicelib.mail.reading import read
from tests.unit.mail.mails import encoded, multipart, part


def attribute(tag: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", 2, tag, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(*pairs: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(pairs))
    for kind, tag, value in pairs:
        out += struct.pack("<HHII", kind, tag, 1, len(value)) + value + b"\0" * (-len(value) % 4)
    return out


def container(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def winmail(content: bytes) -> bytes:
    return multipart(
        part(""), part(encoded(content), "application/ms-tnef; name=winmail.dat", content_transfer_encoding="base64")
    )


def test_files_and_text_are_unpacked() -> None:
    long_name = "Rechnung März.pdf\0".encode("utf-16-le")
    found = read(
        winmail(
            container(
                attribute(0x9003, properties((0x1F, 0x1000, "Bitte prüfen.\0".encode("utf-16-le")))),
                attribute(0x9002, b"\0" * 14),
                attribute(0x8010, b"RECHNU~1.PDF\0"),
                attribute(0x800F, b"%PDF"),
                attribute(0x9005, properties((0x1F, 0x3707, long_name), (0x1E, 0x370E, b"application/pdf\0"))),
                attribute(0x9002, b"\0" * 14),
                attribute(0x8010, b"b.txt\0"),
                attribute(0x800F, b"b"),
            )
        )
    )
    assert found.text == "Bitte prüfen."
    assert [(one.filename, one.content_type, one.content) for one in found.attachments] == [
        ("Rechnung März.pdf", "application/pdf", b"%PDF"),
        ("b.txt", "application/octet-stream", b"b"),
    ]
    assert "winmail.dat unpacked" in found.defects


def test_a_damaged_winmail_dat_is_kept_as_a_file() -> None:
    whole = container(attribute(0x9002, b""), attribute(0x800F, b"12345678"))
    for broken in (b"", b"junk", whole[:-6], container(attribute(0x9003, b"\xff" * 8)), container()):
        found = read(winmail(broken))
        assert [one.filename for one in found.attachments] == ["winmail.dat"]
        assert found.attachments[0].content == broken
