"""Mails for tests, built by hand so that they may be as broken as a test needs."""

from __future__ import annotations

import base64

HEADERS = {
    "From": "Mira Holm <mira@example.com>",
    "To": "care@help.northlight.example",
    "Subject": "Lamp arrived broken",
    "Message-ID": "<one@example.com>",
    "Date": "Mon, 2 Mar 2026 10:00:00 +0100",
    "MIME-Version": "1.0",
}


def mail(body: bytes | str = "Hello", /, **headers: str | None) -> bytes:
    """A mail; keywords replace headers ("content_type" for Content-Type), None leaves one out."""
    fields = dict(HEADERS)
    for name, value in headers.items():
        proper = "-".join(word.capitalize() for word in name.split("_")).replace("-Id", "-ID").replace("Mime", "MIME")
        fields.pop(proper, None)
        if value is not None:
            fields[proper] = value
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode() + b"\r\n" + (body.encode() if isinstance(body, str) else body)


def part(body: bytes | str, content_type: str = "text/plain; charset=utf-8", **headers: str) -> bytes:
    """One part of a multipart."""
    head = f"Content-Type: {content_type}\r\n"
    head += "".join(f"{name.replace('_', '-').title()}: {value}\r\n" for name, value in headers.items())
    return head.encode() + b"\r\n" + (body.encode() if isinstance(body, str) else body)


def multipart(*parts: bytes, subtype: str = "mixed", boundary: str = "frontier", **headers: str | None) -> bytes:
    """A mail of several parts."""
    kind = f'multipart/{subtype}; boundary="{boundary}"'
    return mail(joined(*parts, boundary=boundary), content_type=kind, **headers)


def nested(*parts: bytes, subtype: str, boundary: str) -> bytes:
    """A multipart that is itself a part."""
    return part(joined(*parts, boundary=boundary), f'multipart/{subtype}; boundary="{boundary}"')


def joined(*parts: bytes, boundary: str) -> bytes:
    """The parts between their delimiters."""
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + one + b"\r\n" for one in parts) + mark + b"--\r\n"


def encoded(content: bytes) -> str:
    """Base64, in lines."""
    return base64.encodebytes(content).decode()
