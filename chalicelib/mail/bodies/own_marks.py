"""What a file says that could show a mail of ours in it: saved or attached as a mail, however deep, or its text alone.
An archive is not opened."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.mail.attachments import tnef
from chalicelib.mail.bodies import all_text, spellings
from chalicelib.mail.bodies.all_text import Told
from chalicelib.mail.inbound import LOOP_HEADER
from chalicelib.patterns import pattern

LOOP = LOOP_HEADER.lower().encode()
_OLE, _TNEF = bytes.fromhex("d0cf11e0a1b11ae1"), bytes.fromhex("789f3e22")
_HEADER = pattern(rb"(?:\d{1,12}\s{1,4}|\s{1,4}|\xef\xbb\xbf)?(?:From |>?[!-9;-~]{1,80}:[ \t\r\n])")
_MAILS = (".eml", ".emlx", ".mht", ".mhtml", ".mbox", ".msg", ".oft")
_HTML = (".htm", ".html", ".xhtml", ".xml", ".svg")
_TEXT = (".txt", ".text", ".md", ".csv", ".log", ".rtf", ".ics", ".ical", ".ifb", ".vcs", ".vcf", ".vcard")
# A picture or a sound has a zero among these bytes.
_LOOKED_AT = 1_000
_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")


def bears_loop(content: bytes) -> bool:
    """Whether the header of our mails stands in the file as it is; Windows puts a zero after each letter."""
    plain = content.lower()
    return LOOP in plain or (b"\0" in plain and LOOP in plain.replace(b"\0", b""))


def texts(filename: str, content_type: str, content: bytes) -> Iterator[Told]:
    """Every text of a file that is or could be a mail or its text, its bytes too; none of other files."""
    for each in _of_file(filename, content_type, content):
        yield each
        if not each.sender:
            yield from (each._replace(text=text) for text in spellings.spelled(each.text))
            for inner in spellings.packed(each.text):
                if inner.startswith((_OLE, _TNEF)) or b"\0" not in inner[:_LOOKED_AT]:
                    yield from _of_file("", "text/plain", inner)


def _of_file(filename: str, content_type: str, content: bytes) -> Iterator[Told]:
    if content.startswith((_OLE, _TNEF)):
        yield Told(content.replace(b"\0", b"").decode("latin-1"), said=True)
    as_mail = _as_mail(filename.lower(), content_type.lower(), content)
    if as_mail is None:
        return
    yield Told(as_mail.decode("latin-1"))  # its headers as they stand, too
    for each in all_text.told(as_mail):
        yield each
        if "\0" in each.text:
            yield each._replace(text=each.text.replace("\0", ""))


def _as_mail(filename: str, content_type: str, content: bytes) -> bytes | None:
    """The file as a whole mail, as the search reads it."""
    if content_type.startswith(("message/", "multipart/")) or filename.endswith(_MAILS):
        return content
    if content_type in _SMIME or filename.endswith((".p7m", ".p7s")):
        return b"Content-Type: application/pkcs7-mime\r\n\r\n" + content
    if content_type in tnef.TYPES or content.startswith(_TNEF):
        return b"Content-Type: application/ms-tnef\r\n\r\n" + content
    if "html" in content_type or content_type.endswith("xml") or filename.endswith(_HTML):
        return b"Content-Type: text/html\r\n\r\n" + content
    if _HEADER.match(content):
        return content
    if content_type.startswith("text/") or filename.endswith(_TEXT) or spellings.is_card(content):
        return b"Content-Type: text/plain\r\n\r\n" + content
    return None
