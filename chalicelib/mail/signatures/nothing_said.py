"""Whether a text says nothing: only a greeting, a farewell, and who the writer is."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.mail.signatures import closings, message_lines, name_lines, uncased_names

MAX_LINES = 25


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
    notice = next((at for at, line in enumerate(below) if message_lines.notice(line)), len(below))
    below = below[:notice]
    if below and closings.formula(first):
        if uncased_names.uncased(below[0]) and name_lines.name(below[0]):
            below = below[1:]
        elif not (name_lines.name(below[0]) or _signs(below[0], author, titles=False)):
            return False
    return all(_signs(line, author) for line in below) and not message_lines.message(below)


def _greets(line: str, author: str, closed: bool) -> bool:
    return closings.greeting(line, author, closed) and not closings.farewell(line, author)


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
