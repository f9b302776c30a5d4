"""Only what is new in a mail: no history, attribution, signature, device line or picture placeholder.
May be empty: mails of the shop are built from it, so possibly old text is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser

from chalicelib.mail.attachments import attachment_names
from chalicelib.mail.bodies import html_depth, html_text
from chalicelib.mail.bodies.html_writer import MARK
from chalicelib.mail.inbound import Attachment
from chalicelib.mail.quoting import armour, history, html_quotes, relays
from chalicelib.mail.quoting.answering import Kind
from chalicelib.mail.signatures import html_signatures, signatures
from chalicelib.patterns import pattern

MAX_LINES = 10_000
# Private-use characters replace a mail's pictures while its text is split.
_FIRST_PICTURE = 0xF0000
MAX_PICTURES = 500
_PICTURES = pattern(f"[{chr(_FIRST_PICTURE)}-{chr(_FIRST_PICTURE + MAX_PICTURES - 1)}]")
_INVISIBLE = pattern("[\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
# What clients write into the plain text in place of a picture: "[image: a.png]", "[cid:1@x]", "<a.png>".
_BRACKETS = pattern(r"\[([^\[\]]{1,400})\]|<([^<>\n]{1,200})>")
_PLACEHOLDER = pattern(
    r"(?:image|bild|imagen|immagine|imagem|afbeelding|inline[ -]?image(?: \d{1,3})?)\s?(?::.*|\Z)|cid:\S+"
    r"|(?:image|img|photo|foto|bild|screenshot)[-_ ]?\d{1,20}(?:[-_ ]\d{1,20}){0,3}"
    r"\.(?:png|jpe?g|gif|bmp|heic|webp|tiff?)",
    re.I,
)
_URL = pattern(r"<?\(?\b(?:https?://|mailto:|www\.)[^\s<>]{1,2000}\)?>?")


@dataclass(frozen=True, slots=True)
class Fresh:
    """The new words, and the attachments with `shown` set: where the HTML shows them."""

    text: str
    attachments: tuple[Attachment, ...]


def find(
    text: str, html: str | None, kind: Kind, *, author: str = "", attachments: Sequence[Attachment] = (), is_plain: bool
) -> Fresh:
    """What is new in a mail. `author` is the sender's display name; for `is_plain` see `quoting.split_mail`."""
    document = _document(html) if html else None
    if html is None or document is None:
        own = _own(_unmarked(text), kind is not Kind.UNSAID, author, _named(None, attachments))
        return Fresh(signatures.said(_bare(own), author), tuple(attachments))
    html_quotes.own_as_indents(document)
    marks = html_quotes.marks(document, kind)
    answers = kind is not Kind.UNSAID or bool(marks)
    html_signatures.remove(document, author)
    pictures = _pictures(attachments)
    rendered = html_text.render(document, marks, pictures)
    shown = _own(rendered, answers, author)
    by_structure = _bare(shown)
    by_text = _bare(_own(_unmarked(text), answers, author, _named(document, attachments))) if is_plain else by_structure
    # The plain alternative is the better text, unless the HTML's structure marks more of it as history.
    known = rendered.strip() and (html_text.indents(document) or _weight(by_structure) < _weight(by_text))
    better = by_structure if known else by_text
    said = signatures.said(better, author)
    if better and not said:
        # A logo below the name; a photo that is the answer stands above it, or is attached.
        lines = shown.split("\n")
        shown = "\n".join(lines[: signatures.leave(list(map(_bare, lines)), author)])
    return Fresh(said, _placed(attachments, attachment_names.named_in(html), pictures, shown))


def of_html(html: str) -> str:
    """What is new in an HTML document, as if it answered another mail."""
    return find(html_text.to_text(html), html, Kind.ANSWER, is_plain=False).text


def _unmarked(text: str) -> str:
    return text.replace(MARK, "\ufffd") if MARK in text else text


def _document(html: str) -> LexborHTMLParser | None:
    return None if html_depth.too_deep(html) else LexborHTMLParser(html[: html_text.MAX_CHARS])


def _named(document: LexborHTMLParser | None, attachments: Sequence[Attachment]) -> frozenset[str]:
    """Names of pictures in the plain text: their file names and their alternative texts in the HTML."""
    images = document.css("img[src^='cid:']")[:MAX_PICTURES] if document else []
    names = {one.filename for one in attachments} | {image.attributes.get("alt") or "" for image in images}
    return frozenset(" ".join(name.split()) for name in names)


def _own(text: str, answers: bool, author: str, pictures: frozenset[str] = frozenset()) -> str:
    """The new lines of a text; characters that stand for pictures stay in it."""

    def put(match: re.Match[str]) -> str:
        inside = " ".join((match.group(1) or match.group(2)).split())
        return "" if inside in pictures or _PLACEHOLDER.fullmatch(inside) else match.group()

    text = _BRACKETS.sub(put, _INVISIBLE.sub("", text)).replace("\r\n", "\n").replace("\r", "\n")
    lines = relays.mended(armour.removed(text.split("\n")[:MAX_LINES]))
    own = (signatures.without(piece, author) for piece in history.own(lines, answers))
    return "\n\n".join(filter(None, ("\n".join(map(str.rstrip, piece)).strip("\n") for piece in own)))


def _bare(text: str) -> str:
    """The text without its pictures, and without lines that held only pictures."""
    lines = (
        _PICTURES.sub("", line).rstrip() if _PICTURES.search(line) else line
        for line in text.split("\n")
        if not _PICTURES.search(line) or _PICTURES.sub("", line).strip()
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _pictures(attachments: Sequence[Attachment]) -> dict[str, str]:
    identities = dict.fromkeys(one.content_id for one in attachments if one.content_id)
    return {
        identity: chr(_FIRST_PICTURE + index)
        for index, identity in enumerate(list(identities)[:MAX_PICTURES])
        if identity
    }


def _placed(
    attachments: Sequence[Attachment], named: frozenset[str], pictures: dict[str, str], own: str
) -> tuple[Attachment, ...]:
    """The attachments with `shown` set. A picture that the HTML shows in the new words and elsewhere counts as new."""
    shown_in_own = frozenset(_PICTURES.findall(own))
    return tuple(
        replace(one, shown="new" if pictures.get(one.content_id) in shown_in_own else "old")
        if one.content_id and one.content_id in named and one.content_id in pictures
        else one
        for one in attachments
    )


def _weight(text: str) -> int:
    """The number of letters and digits without links: only one of two alternatives may write links out."""
    return sum(map(str.isalnum, _URL.sub("", text)))
