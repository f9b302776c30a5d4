"""Texts in a form in which a name is found however it is written: without case, accents and invisible characters, with
umlauts and their two letters as one, and in pieces that a hyphen, a blank or a capital has divided."""

import re
import unicodedata
from dataclasses import dataclass

from chalicelib.patterns import pattern
from chalicelib.rules.products.number_words import in_digits

_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "’": "'"}
)
# "Müller", "Mueller" and "Muller" are one name.
_TWO_LETTERS = pattern("ae|oe|ue")
# "µm", "kΩ", "π".
_UNIT = pattern("[a-z]?[μωπ][a-z]?")
_PIECES = pattern(r"[^\W\d_]+|\d+")
_HUMP = pattern(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as its folded pieces, each a run of letters or of digits; `text` is all of them together, `begins` and
    `ends` are where pieces begin and end in it."""

    pieces: tuple[str, ...]
    text: str
    begins: frozenset[int]
    ends: frozenset[int]


def folded(text: str) -> Folded:
    pieces = tuple(_pieces(text))
    ends, at = list[int](), 0
    for piece in pieces:
        at += len(piece)
        ends.append(at)
    return Folded(pieces, "".join(pieces), frozenset((0, *ends)), frozenset(ends))


def across(text: Folded) -> Folded:
    """The same with umlauts as one letter where their two letters stand in two pieces: "M u e l l e r"."""
    kept, places = list[str](), {0: 0}
    at = 0
    while at < len(text.text):
        two = text.text[at : at + 2] in ("ae", "oe", "ue")
        kept.append(text.text[at])
        places |= {at + 1: len(kept)} | ({at + 2: len(kept)} if two else {})
        at += 2 if two else 1
    begins, ends = (frozenset(places[each] for each in edges) for edges in (text.begins, text.ends))
    return Folded(text.pieces, "".join(kept), begins, ends)


def with_digits(text: Folded) -> Folded:
    """The same with numbers that are written as words as digits: "two zero four one", "zweitausendeinundvierzig"."""
    return folded(" ".join(in_digits(text.pieces)))


def mixes_scripts(text: Folded) -> bool:
    """Whether letters of another script, or such as no word of ours has, stand beside ours: they can look the same
    ("Мира"). Greek letters of units are none."""
    ours = any(piece.isascii() and piece.isalpha() for piece in text.pieces)
    return ours and any(not piece.isascii() and not _UNIT.fullmatch(piece) for piece in text.pieces)


def plain(text: str) -> str:
    """A folded text in one piece."""
    return folded(text).text


def _pieces(text: str) -> list[str]:
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    divided = _HUMP.sub(" ", visible)
    found = _PIECES.findall("".join(map(_digit, divided)))
    return [piece for each in found if (piece := _fold(each))]


def _digit(character: str) -> str:
    """Digits of any script as ours."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _fold(piece: str) -> str:
    decomposed = unicodedata.normalize("NFKD", piece.casefold().translate(_LETTERS))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)
    return _TWO_LETTERS.sub(lambda found: found[0][0], re.sub(r"[^\w]", "", letters))
