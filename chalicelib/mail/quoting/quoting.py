"""Separates what the sender newly wrote from the history that a mail client put below, above or around it.
Interleaved and bottom-posted answers are kept whole, and a text never becomes empty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.mail.bodies.html_writer import MARK
from chalicelib.mail.quoting import armour, history, html_quotes, relays
from chalicelib.mail.quoting.answering import Kind
from chalicelib.mail.signatures import signatures
from chalicelib.patterns import pattern

MAX_LINES = 10_000
_INVISIBLE = pattern("[\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a mail's text."""

    reply: str
    quoted: str
    signature: str


def split_mail(text: str, html: str | None, is_plain: bool, kind: Kind) -> Pieces:
    """The pieces of a mail: by the structure of its HTML if a mail client marked history there, else by the text rules.
    `is_plain`: the text came as its own part and was not made from the HTML."""
    text = text.replace(MARK, "\ufffd") if MARK in text else text
    marked = html_quotes.marked(html, kind) if html and kind is not Kind.FORWARD else None
    answers = kind is Kind.ANSWER or marked is not None
    if marked is None:
        return split(text, answers)
    by_structure = split(marked.text)
    if (marked.indented or not is_plain) and by_structure.quoted and by_structure.reply.strip():
        return by_structure
    plain = split(text)
    if not by_structure.reply.strip() or _letters(by_structure.reply) == _letters(plain.reply):
        return plain
    # The plain alternative is the better text; the structure only tells better where history begins.
    if plain.quoted and len(_letters(plain.reply)) <= len(_letters(by_structure.reply)):
        return plain
    return by_structure


def split(text: str, answers: bool = True) -> Pieces:
    """The pieces of a plain text. `answers`: the mail answers another, so search for history."""
    whole = _INVISIBLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines, rest = relays.mended(armour.removed(whole[:MAX_LINES]), wary=True), whole[MAX_LINES:]
    cut = history.cut(lines, answers)
    words, signature = signatures.split(cut.kept)
    reply = _joined(words)
    if not reply and text.strip():
        return Pieces(_joined(whole) or text.strip(), "", "")
    return Pieces(reply, _joined(cut.quoted + rest), _joined(signature))


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines if line != MARK).strip("\n")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()
