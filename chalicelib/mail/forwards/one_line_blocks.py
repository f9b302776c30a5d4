"""Splits header blocks that stand on one line, as in Yahoo's plain texts: "----- Forwarded Message ----- From: Mira
<mira@example.com>To: …Sent: …Subject: …"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from chalicelib.mail.quoting import header_labels
from chalicelib.patterns import pattern

MAX_LINE = 2_000
MAX_COLONS = 60
MAX_EXPANDED = 5
_LONGEST_LABEL = 24
_SEPARATED = pattern(r"([>\s]{0,12}[-_=]{2,40}\s{0,4}[^\n:：]{3,80}?\s{0,4}[-_=]{2,40})\s{0,4}(?=[^\W\d_])")
_COLON = pattern("[:：]")
_FIELDS = frozenset({"from", "to", "cc", "date", "subject", "reply-to"})


def expanded(lines: Sequence[str]) -> list[str]:
    """The lines, with each field of such a block on a line of its own."""
    out: list[str] = []
    left = MAX_EXPANDED
    for line in lines:
        pieces = _pieces(line[:MAX_LINE]) if left and line.count(":") + line.count("：") > 2 else []
        left -= bool(pieces)
        out += pieces or [line]
    return out


def _pieces(line: str) -> list[str]:
    """The separator (if any) and the fields of a block on one line; empty if the line holds no block."""
    separator = _SEPARATED.match(line)
    start = separator.end() if separator else 0
    found = list(_labels(line, start))
    names = {name for name, _ in found}
    if len(names) < 3 or "from" not in names or "@" not in line or line[start : found[0][1]].strip(">* \t|"):
        return []
    places = [place for _, place in found]
    fields = [line[begin:end].strip() for begin, end in zip(places, [*places[1:], len(line)], strict=True)]
    return [separator.group(1), "", *fields] if separator else fields


def _labels(line: str, start: int) -> Iterator[tuple[str, int]]:
    """Each field's name and position. After From and Subject, labels belong to the subject and are ignored."""
    seen: set[str] = set()
    begin = start
    for match in islice(_COLON.finditer(line, start), MAX_COLONS):
        place, name = _label(line, begin, match.start())
        if name not in _FIELDS or name in seen or {"from", "subject"} <= seen:
            continue
        seen.add(name)
        yield name, place
        begin = match.end()


def _label(line: str, begin: int, colon: int) -> tuple[int, str]:
    """(position, canonical name) of the longest label that ends at a colon and is separate from the word before it."""
    end = colon
    while end > begin and line[end - 1] in " \t*":
        end -= 1
    for place in range(max(begin, end - _LONGEST_LABEL), end):
        if _begins_a_label(line, begin, place, end) and (name := header_labels.canonical(line[place:end])):
            return place, name
    return end, ""


def _begins_a_label(line: str, begin: int, place: int, end: int) -> bool:
    letter, before = line[place], line[place - 1] if place > begin else " "
    if not letter.isalpha() or letter.islower() or line[place:end].casefold() in ("re", "aw"):
        return False
    return not before.isalpha() or (end - place > 2 and not before.islower())
