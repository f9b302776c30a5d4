"""Undoes what mail relays do to lines: they wrap long quoted ones, so that the tail stands on a line without ">", and
put ">" before a line that begins with "From" (the format of mailboxes, RFC 4155)."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.mail.bodies.html_writer import MARK
from chalicelib.mail.quoting.history_marks import is_quote
from chalicelib.patterns import pattern

# No relay wraps shorter lines.
_SHORTEST = 50
_MOST_LINES = 5
_FINAL = (".", "?", "!", ":", ";", "…", "。", "？", "！")
_MARKS = pattern(r"(?:\s{0,3}>)+ ?")
_FROM = (">From ", ">From:")


def mended(lines: Sequence[str]) -> list[str]:
    """The lines, with ">" before what a relay has wrapped, and without it before a lone "From"."""
    whole = [line[1:] if line.startswith(_FROM) and _alone(lines, at) else line for at, line in enumerate(lines)]
    tails = _tails(whole)
    return [tails.get(at, "") + line for at, line in enumerate(whole)] if tails else whole


def _alone(lines: Sequence[str], at: int) -> bool:
    """Whether no quotation is around the line: none beside it, and no attribution above it."""
    beside = [*lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2]]
    above = next((line for line in reversed(lines[max(at - 3, 0) : at]) if line.strip(MARK + " \t")), "")
    return not any(map(is_quote, beside)) and not above.rstrip(" *").endswith((":", "："))


def _tails(lines: Sequence[str]) -> dict[int, str]:
    """The lines that a relay wrapped off the quoted line above them, with that line's quote marks."""
    runs = [run for at in range(1, len(lines)) if (run := _run(lines, at))]
    width = max((len(lines[at - 1]) for at, end in runs if _certain(lines, at, end)), default=0)
    found: dict[int, str] = {}
    for at, end in runs:
        marks = _MARKS.match(lines[at - 1])
        if marks and _is_tail(lines, at, end, width):
            found |= dict.fromkeys(range(at, end), marks.group().rstrip() + " ")
    return found


def _run(lines: Sequence[str], at: int) -> tuple[int, int] | None:
    """The lines, from `at` to before the second, that may be the tail of the long quoted line above: all but the last
    are long too."""
    if not is_quote(lines[at - 1]) or len(lines[at - 1]) < _SHORTEST:
        return None
    for index in range(at, min(at + _MOST_LINES, len(lines))):
        line = lines[index]
        if not line.strip() or line == MARK or is_quote(line):
            return None
        if len(line) < _SHORTEST or _closed(lines, index + 1):
            return (at, index + 1) if len(line) < len(lines[at - 1]) else None
    return None


def _closed(lines: Sequence[str], end: int) -> bool:
    return end < len(lines) and is_quote(lines[end])


def _finished(line: str) -> bool:
    return line.rstrip(" *_)\"'”“»").endswith(_FINAL)


def _certain(lines: Sequence[str], at: int, end: int) -> bool:
    """Whether the lines cannot be an answer between quotations: they go on with an unfinished sentence."""
    return _closed(lines, end) and not _finished(lines[at - 1]) and lines[at][0].islower()


def _is_tail(lines: Sequence[str], at: int, end: int, width: int) -> bool:
    """Whether the lines are wrapped. `width`: of the longest line that a relay has surely wrapped in this mail, or 0;
    then the first word of a tail did not fit on the line above."""
    finished, closed = _finished(lines[at - 1]), _closed(lines, end)
    if _certain(lines, at, end) or (closed and not finished and end == at + 1):
        return True
    asks = lines[at - 1].rstrip().endswith(("?", "？"))
    if width and lines[at][0].islower() and (not finished or (closed and not asks)):
        return True
    wrapped = 0 < width < len(lines[at - 1]) + 1 + len(lines[at].split()[0])
    return wrapped and (closed or not finished)
