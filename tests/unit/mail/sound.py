"""Properties that hold for any bytes read as a mail: they are read completely, and the result can be stored. Plain
assertions, for Hypothesis and for the coverage-guided fuzzer."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime

from chalicelib.mail import reading
from chalicelib.mail.attachments import filenames
from chalicelib.mail.bodies import bodies
from chalicelib.mail.headers import headers
from chalicelib.mail.inbound import InboundMail

# A line break in HTML takes four bytes and becomes a line with all its quote marks, in several values.
GROWTH = 64
ALLOWANCE = 64 * 1024
# Measured with the CPU time of this process: other work on the machine does not count.
MAX_SECONDS = 3


def check(raw: bytes) -> InboundMail:
    """Read the bytes; fail if a step of reading raises, words are lost, or a value cannot be stored."""
    began = time.process_time()
    found = reading.read(raw)
    assert time.process_time() - began < MAX_SECONDS
    assert not [defect for defect in found.defects if "could not be read" in defect], found.defects
    assert found.reply.strip() or not found.text.strip(), "stripped to nothing"
    assert_storable(found, len(raw))
    return found


def assert_storable(found: InboundMail, size: int) -> None:
    """The result is JSON in UTF-8, of a size bounded for each value and by the mail's own size."""
    written = json.dumps(plain(found), ensure_ascii=False, allow_nan=False).encode()
    assert len(written) <= GROWTH * size + ALLOWANCE
    assert sum(file.size for file in found.attachments) <= 3 * size
    assert len(found.text) <= bodies.MAX_TEXT
    assert len(found.subject) <= headers.MAX_VALUE
    assert len(found.defects) <= reading.MAX_DEFECTS
    for file in found.attachments:
        assert file.filename
        assert "/" not in file.filename
        assert len(file.filename.encode()) <= filenames.MAX_BYTES
    for value in (found.subject, found.message_id or "", found.sender.address if found.sender else ""):
        assert value.splitlines() in ([], [value])


def plain(value: object) -> object:
    """A value as JSON has it; bytes are only counted. Types that are not known to be in a mail fail."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        assert value.tzinfo is not None
        return value.isoformat()
    if isinstance(value, bytes):
        return len(value)
    assert value is None or isinstance(value, str | int), type(value)
    return value


def took(raw: bytes) -> float:
    """The CPU seconds that reading takes, best of three: everything else can only make it slower."""
    times = []
    for _ in range(3):
        began = time.process_time()
        reading.read(raw)
        times.append(time.process_time() - began)
    return min(times)
