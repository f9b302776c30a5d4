"""Whether a text says nothing: only a greeting, a farewell, and who the writer is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.mail.signatures import closings, message_lines, name_lines, uncased_names
from chalicelib.patterns import pattern

MAX_LINES = 25
_STREET = pattern(r"[^\W\d]\D{2,40}\s\d{1,4} ?[a-z]?|\d{1,4} ?[a-z]?,? (?:\D{3,50})", re.I)
_TOWN = pattern(
    r"(?:[a-z]{1,2}-)?\d{2,5}[- ]?\d{0,3} ?(?:[a-z]{2} )?[^\W\d]\D{1,40}|[^\W\d]\D{1,40} (?:[a-z]{2} )?\d{4,5}"
    r"|(?:[^\W\d]\D{1,40} )?[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}",
    re.I,
)
_COUNTRY = pattern(r"[^\W\d]\D{2,30}")


def nothing_said(lines: Sequence[str], author: str) -> bool:
    """Whether no line says anything. Companies, addresses and numbers may be an answer: they count as nothing only
    below a farewell or the writer's own name. `author`: the writer's name."""
    filled = [line for line in lines if message_lines.says(line)]
    closed = any(closings.farewell(line, author) for line in filled[1:MAX_LINES])
    greeted = 0
    while greeted < len(filled) and _greets(filled[greeted], author, closed):
        greeted += 1
    filled = filled[greeted:]
    if not filled:
        return greeted > 0
    first, *below = filled
    if len(filled) > MAX_LINES or closings.thanks(first) or (closings.polite(first) and not below):
        return False
    if not (closings.farewell(first, author) or name_lines.of_author(first, author)):
        return False
    if name_lines.of_author(first, author) and _chosen(first, below, author):
        return False
    if name_lines.of_author(first, author) and _given_address(below):
        return False
    notice = next((at for at, line in enumerate(below) if message_lines.notice(line)), len(below))
    below = below[:notice]
    if below and closings.formula(first):
        if uncased_names.uncased(below[0]) and name_lines.name(below[0]):
            below = below[1:]
        elif not (name_lines.name(below[0]) or _signs(below[0], author, titles=False)):
            return False
    return all(_signs(line, author) for line in below) and not message_lines.message(below)


def leave(lines: Sequence[str], author: str) -> int:
    """The first line that takes leave or names the writer; the end if there is none."""
    ends = (
        at for at, line in enumerate(lines) if closings.farewell(line, author) or name_lines.of_author(line, author)
    )
    return next(ends, len(lines))


def _greets(line: str, author: str, closed: bool) -> bool:
    return closings.greeting(line, author, closed) and not closings.farewell(line, author)


def _given_address(below: Sequence[str]) -> bool:
    """Whether only a postal address stands below the writer's name: people type it where it is asked for. A signature
    has a farewell, a title, a company or a telephone too."""
    lines = [closings.bare(line) for line in below]
    if len(lines) == 1:
        lines = [closings.bare(part) for part in lines[0].split(",")]
    if len(lines) == 3 and _COUNTRY.fullmatch(lines[2]):
        lines.pop()
    return len(lines) == 2 and bool(_STREET.fullmatch(lines[0])) and bool(_TOWN.fullmatch(lines[1]))


def _chosen(first: str, below: Sequence[str], author: str) -> bool:
    """Whether a part of the writer's name is an answer: a surname or initials above a farewell with the name, or
    initials above anything."""
    leave = next((at for at, line in enumerate(below) if closings.farewell(line, author)), None)
    signed = leave is not None and (len(below) > leave + 1 or not closings.formula(below[leave]))
    surname = name_lines.surname(first, author) and "." not in first
    return bool(below) and surname and (signed or name_lines.initials(first, author))


def _signs(line: str, author: str, titles: bool = True) -> bool:
    if closings.thanks(line):
        return False
    named = closings.farewell(line, author) or name_lines.of_author(line, author)
    return named or (titles and name_lines.title(line))
