"""Every text of a mail, decoded: headers, names, parts of all kinds, attached mails and their content.
For callers that search and must not overlook anything. `reading.read` is for callers that want to know what a mail
says."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from chalicelib.mail.attachments import parts, smime, text_kinds, tnef
from chalicelib.mail.attachments.parts import Part
from chalicelib.mail.bodies import html_text
from chalicelib.mail.charsets import charsets
from chalicelib.mail.headers import encoded_words, headers

MAX_DEPTH = 5
"""Levels of mails attached to mails."""
MAX_DECODED = 4 * parts.MAX_BYTES
MAX_READABLE = 1024 * 1024
"""Bytes read of each text in `readable`."""
_READABLE = ("text/", "message/")
_MAILS = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
# Values of these headers look like addresses, but are ids.
_IDS = frozenset({"message-id", "in-reply-to", "references", "content-id", "resent-message-id", "x-ms-tnef-correlator"})


def texts(raw: bytes) -> Iterator[str]:
    """Yield each text as soon as it is decoded. Unreadable texts and texts beyond the limits are left out."""
    return (each.text for each in told(raw))


class Told(NamedTuple):
    """A text of a mail: whether it is what a person reads in a part, and whether it is a From of a mail."""

    text: str
    said: bool = False
    sender: bool = False


def told(raw: bytes) -> Iterator[Told]:
    """Like `texts`, with what each text is."""
    for part, content in _parts(raw):
        yield from (Told(encoded_words.decode(value, []), sender=True) for value in part.headers.all("from"))
        yield from map(Told, _of_headers(part))
        if content is not None:
            yield Told(content.decode("latin-1"))
            yield from (Told(text, said=True) for text in _of_content(part, content))


def readable(raw: bytes) -> Iterator[str]:
    """Like `texts`, but only what a person may read: no ids, no binary files, no raw bytes."""
    for part, content in _parts(raw):
        yield from _of_headers(part, _IDS)
        if content is not None:
            yield from _of_content(part, content[:MAX_READABLE])


def _parts(raw: bytes) -> Iterator[tuple[Part, bytes | None]]:
    """Every part of a mail and of the mails attached to it, with its content; None for a multipart."""
    room = MAX_DECODED
    mails = [(raw, 0)]
    while mails and room > 0:
        mail, depth = mails.pop()
        room -= len(mail)
        for part in parts.parse(mail, []).walk():
            if part.children:
                yield part, None
                continue
            content = part.content([]) + part.footer()
            room -= len(content)
            yield part, content if room > 0 else None
            if room <= 0:
                return
            within = _attached(part, content) if depth < MAX_DEPTH else None
            if within is not None:
                mails.append((within, depth + 1))


def _of_headers(part: Part, but: frozenset[str] = frozenset()) -> Iterator[str]:
    for name, values in part.headers.fields.items():
        if name not in but:
            yield from (encoded_words.decode(value, []) for value in values)
    # A name in several pieces (RFC 2231) appears in full only here.
    yield from (part.name, *part.parameters.values())
    _, disposition = headers.parameters(part.headers.get("content-disposition"), [])
    yield from disposition.values()


def _of_content(part: Part, content: bytes) -> Iterator[str]:
    is_html = part.content_type in text_kinds.HTML
    if not is_html and not part.content_type.startswith(_READABLE):
        if part.content_type in tnef.TYPES and (unpacked := tnef.unpack(content, [])):
            yield from (unpacked.text, html_text.to_text(unpacked.html))
        return
    label = part.parameters.get("charset")
    text = charsets.decode(content, label or (html_text.declared_charset(content) if is_html else None), [])
    yield text
    if is_html:
        yield unescape(text)  # the attributes too
        yield html_text.to_text(text)


def _attached(part: Part, content: bytes) -> bytes | None:
    """The mail that a part contains. The headers of a returned mail count as a mail without a body."""
    if part.content_type in _MAILS or part.name.lower().endswith(".eml"):
        return content
    return smime.signed_content(content) if part.content_type in smime.TYPES else None
