"""Finds where our own notification begins in an agent's answer. Mail programs quote it in countless ways. Our own words
are known, and must never reach the customer below the agent's (decision 79)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.patterns import pattern

# Shorter sentences could be anybody's.
_LEAST = 30
_LEAST_BEHIND_A_NAME = 60
_PLACEHOLDER = pattern(r"\{\w+\}")
_BETWEEN = r"[\s>|*]+"
_LINE_BEGINS = r"^[ \t>|*!]*"
_ALONE = r"[ \t:*]{0,9}$"
# Between two labels: what the first names, perhaps another label with its own.
_NAMED = r"(?:\n[^\n]{0,500}){1,9}?\n[ \t>|*!]{0,20}"
_NOTHING = pattern(r"[ \t>|*_=-]*")
# What a mail program writes above an answered mail, in whatever language: "----- Antwort -----".
_FRAMED = pattern(r"[ \t>|*]{0,20}([-_=])\1{1,40}[ \t]{0,4}[^\W\d_][^\n]{0,50}?[ \t]{0,4}\1{2,40}[ \t*]{0,8}")
# At most this many lines above it can belong to it.
_ABOVE = 20


@dataclass(frozen=True, slots=True)
class OurWords:
    """The words of our notifications. `sentences`: {braces} stand for any text. `marks`: beginnings of lines that only
    we write. `lines`: beginnings of other lines of ours, which count only directly above those. `pairs`: two
    labels, each on a line of its own above what it names, as a page shows them; one alone could be anybody's."""

    sentences: tuple[str, ...]
    marks: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


def without_ours(text: str, ours: OurWords, known: Iterable[str] = ()) -> str:
    """The text before our notification. A line directly above it that introduces the quoted words is removed too: it
    names one of `known` and ends in a colon, or it consists of such a name, like our mails' own heading."""
    signs = (_sentences(ours), _marks(ours.marks), _paired(ours.pairs))
    begins = [found.start() for found in (each.search(text) for each in signs) if found]
    if not begins:
        return text
    lines, names = text[: min(begins)].split("\n")[:-1], tuple(known)
    for _ in range(_ABOVE):
        if not lines or not (
            _NOTHING.fullmatch(lines[-1])
            or _FRAMED.fullmatch(lines[-1])
            or _is_ours(lines[-1], ours)
            or _introduces(lines[-1], names)
        ):
            break
        lines.pop()
    return "\n".join(lines).rstrip()


def says_ours(text: str, ours: OurWords) -> bool:
    """Whether a sentence of our notifications stands in the text; a single line of ours could be anybody's."""
    return bool(_sentences(ours).search(text))


def begins_ours(line: str, ours: OurWords) -> bool:
    """Whether the line begins as a line of our notifications does, wherever it stands."""
    return bool(_marks((*ours.marks, *ours.lines)).match(line))


def _is_ours(line: str, ours: OurWords) -> bool:
    return bool(_marks(ours.lines).match(line))


def _introduces(line: str, known: Sequence[str]) -> bool:
    folded = line.casefold().rstrip()
    names = [name.casefold() for name in known if name]
    return folded.strip(" \t>|*_") in names or (folded.endswith((":", "：")) and any(name in folded for name in names))


@lru_cache(maxsize=64)
def _marks(marks: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"{_LINE_BEGINS}(?:{'|'.join(map(re.escape, marks)) or '(?!)'})", re.MULTILINE)


@lru_cache(maxsize=8)
def _paired(pairs: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    each = (f"{re.escape(one)}{_ALONE}{_NAMED}{re.escape(other)}{_ALONE}" for one, other in pairs)
    return re.compile(f"{_LINE_BEGINS}(?:{'|'.join(each) or '(?!)'})", re.MULTILINE)


@lru_cache(maxsize=8)
def _sentences(ours: OurWords) -> re.Pattern[str]:
    patterns = sorted({pattern for sentence in ours.sentences if (pattern := _pattern(sentence))})
    return re.compile(f"{_LINE_BEGINS}(?:{'|'.join(patterns) or '(?!)'})", re.MULTILINE)


def _pattern(sentence: str) -> str:
    """A pattern for the sentence, with any line breaks in it. What stands for a name at its beginning is on its line,
    and then more of its own words are needed."""
    first, *pieces = _PLACEHOLDER.split(sentence)
    leads = not first.split()
    if sum(map(len, (first, *pieces))) < (_LEAST_BEHIND_A_NAME if leads else _LEAST):
        return ""
    said = (_BETWEEN.join(map(re.escape, piece.split())) for piece in (pieces if leads else (first, *pieces)))
    return (r"[^\n]{1,80}?[ \t]" if leads else "") + r"[\s\S]{1,200}?".join(said)
