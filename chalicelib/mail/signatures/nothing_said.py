"""Whether a text says nothing: only a greeting, a farewell, and who the writer is."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.mail.signatures import closings, message_lines, name_lines, uncased_names

MAX_LINES = 25


def nothing_said(lines: Sequence[str], author: str) -> bool:
    """Whether no line says anything. Companies, addresses and numbers may be an answer: they count as nothing only
    below a farewell or the writer's own name. `author`: the writer's name."""
    filled = [line for line in lines if message_lines.says(line)]
    while filled and closings.greeting(filled[0]) and not closings.farewell(filled[0], author):
        filled = filled[1:]
    if not filled:
        return any(map(closings.greeting, lines))
    first, *below = filled
    if len(filled) > MAX_LINES or closings.thanks(first) or (closings.polite(first) and not below):
        return False
    if not (closings.farewell(first, author) or name_lines.of_author(first, author)):
        return False
    notice = next((at for at, line in enumerate(below) if message_lines.notice(line)), len(below))
    below = below[:notice]
    if below and closings.formula(first):
        if uncased_names.uncased(below[0]) and name_lines.name(below[0]):
            below = below[1:]
        elif not (name_lines.name(below[0]) or _signs(below[0], author, titles=False)):
            return False
    return all(_signs(line, author) for line in below) and not message_lines.message(below)


def _signs(line: str, author: str, titles: bool = True) -> bool:
    if closings.thanks(line):
        return False
    named = closings.farewell(line, author) or name_lines.of_author(line, author)
    return named or (titles and name_lines.title(line))
