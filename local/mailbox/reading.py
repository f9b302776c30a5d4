"""Reads a sent mail to show it: addresses, texts and parts. Never fails on an unreadable mail.
It is not the product's reader (chalicelib.mail), so that it does not share that reader's mistakes."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from selectolax.lexbor import LexborHTMLParser


@dataclass(frozen=True, slots=True)
class Person:
    """A name, often empty, and an address."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment, or a file that the HTML shows (`inline`)."""

    id: str
    filename: str
    content_type: str
    content_id: str
    inline: bool
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, read."""

    headers: tuple[tuple[str, str], ...]
    message_id: str
    sender: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    reply_to: tuple[Person, ...]
    delivered_to: tuple[Person, ...]
    subject: str
    text: str
    html: str
    parts: tuple[Part, ...]

    def readable(self) -> str:
        """Its text, or the text of its HTML."""
        if self.text.strip() or not self.html:
            return self.text
        body = LexborHTMLParser(self.html).body
        return body.text(separator=" ") if body else ""


def read(raw: bytes) -> Mail:
    """Read the mail, even if it is damaged."""
    message = email.message_from_bytes(raw)
    text, html, parts = _contents(message)
    sender = _people(message, "From")
    return Mail(
        tuple((name, _decoded(str(value))) for name, value in message.items()),
        str(message.get("Message-ID", "")).strip("<> \r\n\t"),
        sender[0] if sender else Person("", ""),
        _people(message, "To"),
        _people(message, "Cc"),
        _people(message, "Reply-To"),
        _people(message, "Delivered-To"),
        _decoded(str(message.get("Subject", ""))).strip(),
        text,
        html,
        parts,
    )


def _contents(message: Message) -> tuple[str, str, tuple[Part, ...]]:
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    parts = []
    for number, part in enumerate(_leaves(message), start=1):
        kind, disposition = part.get_content_type(), part.get_content_disposition()
        filename = _decoded(part.get_filename() or "")
        content_id = str(part.get("Content-ID", "")).strip("<> ")
        if kind in texts and disposition != "attachment" and not filename:
            texts[kind].append(_text(part))
        else:
            inline = disposition == "inline" or (bool(content_id) and disposition != "attachment")
            parts.append(Part(str(number), filename or f"part-{number}", kind, content_id, inline, _bytes(part)))
    return "\n".join(texts["text/plain"]), "\n".join(texts["text/html"]), tuple(parts)


def _leaves(message: Message) -> Iterator[Message]:
    """The parts with content; a mail within the mail is one such part."""
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


def _bytes(part: Message) -> bytes:
    if part.is_multipart():
        return b"".join(inner.as_bytes() for inner in part.get_payload() if isinstance(inner, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message) -> str:
    try:
        return _bytes(part).decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return _bytes(part).decode("utf-8", "replace")


def _people(message: Message, header: str) -> tuple[Person, ...]:
    values = [str(value) for value in message.get_all(header, [])]
    return tuple(Person(_decoded(name), address) for name, address in getaddresses(values) if address)


def _decoded(value: str) -> str:
    unfolded = re.sub(r"\r?\n[ \t]*", " ", value)
    try:
        return str(make_header(decode_header(unfolded)))
    except (ValueError, LookupError):
        return unfolded
