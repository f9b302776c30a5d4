"""Splits an address header into words (RFC 5322 3.2): quoted strings, comments, encoded words, brackets, separators.
An opening quote or bracket without its end counts as an ordinary letter. Each letter is read a fixed number of
times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chalicelib.patterns import pattern

MAX_LOCAL = 256
"""Letters read before an "@": RFC 5321 allows 64, mailing lists use more."""

_TOKEN = pattern(
    r'"(?:[^"\\]++|\\.|\\\Z)*+"'
    r"|=\?[^?=\s<>]{1,60}\?[bBqQ]\?[^?<>\r\n]*+(?:\?(?!=)[^?<>\r\n]*+){0,3}\?="
    r"|<[^<>]*+>|<[^<>,;]*+|(?<!@)\[[^\[\]<>@]*+@[^\[\]<>]*+\]"
    r"|[,;:()]|[^\"<>,;:()=\[]++|[\"<>=\[]",
    re.S,
)
_UNCLOSED = pattern(r'"(?:[^"\\]++|\\.|\\\Z)*+\Z', re.S)
# Searched from the left: a quote that opens another address must not count as part of this one.
_QUOTED_END = pattern(r'"(?:[^"\\]++|\\.)++"\Z', re.S)
# Each "@". Matches quoted local parts as a whole, so that an "@" inside them is skipped.
_AT = pattern(r'"(?:[^"\\]|\\.){1,256}+"(?=@)|(?P<at>@)', re.S)
_STOPS = frozenset('@<>,;:"()[]')
_DOMAIN = pattern(r"\[[^\[\]\s<>]{1,100}\]|[^\s@<>,;:\"'()\[\]]{1,255}")
_LINK = pattern(r"(?<![^\W\d_])mailto:[ \t]?(?=[^\s@]{1,256}@)", re.I)
_SPACED = pattern(r"[ \t]{0,9}([@.])[ \t]{0,9}(?=[^\s@.])")
_SPACED_AT = pattern(r"[ \t]{0,9}@[ \t]{0,9}")


@dataclass(slots=True)
class Box:
    """One mailbox: the words outside its brackets, the bracket with the address, the comments."""

    outside: list[str] = field(default_factory=list)
    bracket: str = ""
    comments: list[str] = field(default_factory=list)


def find(text: str) -> tuple[int, int] | None:
    """(start, end) of the first address in a text. Searches from each "@", so a text without one costs nothing."""
    if "@" not in text:
        return None
    for found in _AT.finditer(text):
        at = found.start()
        domain = _DOMAIN.match(text, at + 1) if found["at"] else None
        start = _local(text, at) if domain else at
        if domain and start < at:
            return start, domain.end()
    return None


def _local(text: str, at: int) -> int:
    """The start of the local part that ends at `at`; `at` itself if there is none."""
    before = text[max(0, at - MAX_LOCAL) : at]
    if before.endswith('"'):
        quoted = _QUOTED_END.search(before)
        return at - len(quoted.group()) if quoted else at
    start = len(before)
    while start and before[start - 1] not in _STOPS and not before[start - 1].isspace():
        start -= 1
    word = before[start:]
    return at if len(word) == MAX_LOCAL else at - len(word.lstrip("'`‘*_"))


def closed_up(text: str) -> str:
    """The text without white space around "@"; also around dots if the text has no "<" (an address written with
    spaces)."""
    if "@" not in text:
        return text
    text = _SPACED_AT.sub("@", text)
    return text if "<" in text or " ." not in text else _SPACED.sub(r"\1", text)


def boxes(value: str) -> list[Box]:
    """The mailboxes: separated by commas and semicolons outside quotes, brackets and comments."""
    value = value.replace("\n", " ").replace("\t", " ").replace("&lt;", "<").replace("&gt;", ">")
    value = _LINK.sub("", value)
    # A colon ends a group's name. It does not in "Shop: Mira <m@x>" or "Mira :) <m@x>": no ";" comes after it.
    group, bracket = value.rfind(";"), value.rfind("<")
    found: list[list[str]] = [[]]
    addressed = False
    for piece, at in _pieces(value):
        if piece in (",", ";"):
            found.append([])
            addressed = False
        elif piece == ":" and not addressed and (at < group or at > bracket):
            found[-1] = []
        else:
            found[-1].append(piece)
            addressed = addressed or "@" in piece
    return [_box(pieces) for pieces in _rejoined([pieces for pieces in found if "".join(pieces).strip()])]


def _pieces(value: str) -> list[tuple[str, int]]:
    """The words with their positions; each comment is one word."""
    out: list[tuple[str, int]] = []
    tokens = _tokens(value)
    depth, opened = 0, 0
    for piece, at in tokens:
        if piece == "(":
            depth += 1
            if depth == 1:
                opened = len(out)
        elif piece == ")" and depth:
            depth -= 1
            if depth == 0:
                out[opened:] = [("(" + "".join(one for one, _ in out[opened:]) + ")", at)]
        else:
            out.append((piece, at))
    return out


def _tokens(value: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    at = 0
    while at < len(value):
        if value[at] == '"' and _UNCLOSED.match(value, at):
            # Later quotes are not closed either: replace them all.
            value = value[:at] + value[at:].replace('"', " ")
        match = _TOKEN.match(value, at)
        end = match.end() if match else at + 1
        found.append((value[at:end], at))
        at = end
    return found


def _rejoined(found: list[list[str]]) -> list[list[str]]:
    """The pieces, with display names that contain an unquoted comma joined again ("Doe, John <j@x>", "Doe, John
    j@x")."""
    out: list[list[str]] = []
    pending: list[str] = []
    for pieces in found:
        before, at, _ = "".join(pieces).strip().partition("@")
        bracketed = any(piece.startswith("<") for piece in pieces)
        if not at and not bracketed:
            pending += [*pieces, ","]
            continue
        if pending and (bracketed or " " in before):
            out.append([*pending, *pieces])
        else:
            if pending:
                out.append(pending[:-1])
            out.append(pieces)
        pending = []
    if pending:
        out.append(pending[:-1])
    return out


def _box(pieces: list[str]) -> Box:
    """The mailbox in these pieces. The last bracket with an "@" holds the address; "[…]" counts only without any
    "<…>"."""
    brackets = [
        index
        for start in ("<", "[")
        for index, piece in enumerate(pieces)
        if piece.startswith(start) and "@" in piece and len(piece) > 1
    ]
    angles = [index for index in brackets if pieces[index].startswith("<")]
    chosen = angles[-1] if angles else brackets[-1] if brackets else -1
    if chosen < 0:
        chosen = next((i for i in reversed(range(len(pieces))) if pieces[i].startswith("<") and len(pieces[i]) > 1), -1)
    outside = [piece for index, piece in enumerate(pieces) if index != chosen and not piece.startswith("(")]
    comments = [piece[1:-1] for piece in pieces if piece.startswith("(")]
    return Box(outside, pieces[chosen] if chosen >= 0 else "", comments)
