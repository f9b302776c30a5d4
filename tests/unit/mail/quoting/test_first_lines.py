"""The first lines of a mail that is not read completely: its sender, its recipients, and its id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail import reading
from chalicelib.mail.inbound import Address, Mark, MarkCode
from chalicelib.mail.quoting import first_lines


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (b"Mira Holm <mira@example.com>", "mira@example.com"),
        (b"mira@example.com", "mira@example.com"),
        (b"mira@example.com (Mira)", "mira@example.com"),
        (b'"eve@evil.example" <mira@example.com>', "mira@example.com"),
        (b'"<eve@evil.example>" <mira@example.com>', "mira@example.com"),
        (b"=?utf-8?q?J=C3=BCrgen?=\r\n <mira@example.com>", "mira@example.com"),
        (b"< mira@example.com >", "mira@example.com"),
        ("Jürgen <jürgen@bücher.example>".encode(), "jürgen@bücher.example"),
        (b"nobody", None),
        (b"", None),
    ],
)
def test_the_sender_is_found(value: bytes, address: str | None) -> None:
    raw = b"Received: from x\r\nFROM: " + value + b"\r\nTo: care@help.northlight.example\r\n\r\nFrom: no@body.example"
    found = first_lines.read(raw)
    assert found.sender == (Address("", address) if address else None)
    assert [one.address for one in found.to] == ["care@help.northlight.example"]


def test_the_id_is_the_same_as_in_a_full_reading() -> None:
    for line in (b"Message-ID: <one@mail.example>", b"message-id:\n <two@mail.example>", b"Message-Id: three", b"X: y"):
        raw = line + b"\nFrom: mira@example.com\n\nHello"
        assert first_lines.read(raw).message_id == reading.read(raw).message_id


def test_automatic_marks_and_verdicts_are_found() -> None:
    marked = b"Return-Path: <>\nAuto-Submitted: auto-replied\nX-SES-Spam-Verdict: FAIL\nList-Id: <x>\n\n"
    found = first_lines.read(marked)
    assert found.no_auto_reply == (
        Mark(MarkCode.HEADER, "Auto-Submitted"), Mark(MarkCode.NULL_RETURN_PATH), Mark(MarkCode.HEADER, "List-Id"),
    )  # fmt: skip
    assert found.header("X-SES-Spam-Verdict") == "FAIL"
    assert first_lines.read(b"Return-Path: <mira@example.com>\nAuto-Submitted: no\n\n").no_auto_reply == ()


def test_lines_below_the_headers_are_ignored() -> None:
    found = first_lines.read(b"Subject: Hi\n\nFrom: eve@evil.example\nMessage-ID: <x@y>\nList-Id: x\n")
    assert (found.sender, found.message_id, found.no_auto_reply) == (None, None, ())


@given(st.binary(max_size=3000))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    found = first_lines.read(raw)
    assert (found.text, found.attachments, found.subject) == ("", (), "")
