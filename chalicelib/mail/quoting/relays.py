"""Undoes what mail relays do to lines: they wrap long quoted ones, so that the tail stands on a line without ">", and
put ">" before a line that begins with "From" (the format of mailboxes, RFC 4155)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.mail.bodies.html_writer import MARK
from chalicelib.mail.quoting.history_marks import is_quote
from chalicelib.mail.signatures import name_lines
from chalicelib.patterns import pattern

# No relay wraps shorter lines.
_NARROWEST = 72
_SHORTEST = 50
# A quoted line as clients write it (78 characters, RFC 5322 2.1.1, and two for the mark).
_CLIENTS = 80
_MOST_LINES = 5
_MOST_ABOVE = 12
_FINAL = (".", "?", "!", ":", ";", "…", "。", "？", "！")
_MARKS = pattern(r"(?:\s{0,3}>)+ ?")
_FROM = (">From ", ">From:")
_PAIRS = (("(", ")"), ("„", "“"), ("“", "”"), ("«", "»"), ("「", "」"))
_ITEM = pattern(r"\s{0,8}(?:[-*•·–—]|\(?(?:\d{1,2}|[A-Za-z])[.)])\s")


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines `start` to `end` (exclusive) may be the tail of the long quoted line above them."""

    start: int
    end: int
    certain: bool
    """Without a look at the others. An answer between quotations is hardly of this form."""
    through: bool
    """The quoted sentence goes on below it."""


def mended(lines: Sequence[str], *, wary: bool = False) -> list[str]:
    """The lines, with ">" before what a relay has wrapped, and without it before a lone "From". `wary`: a tail counts
    only if nothing between the quoted lines may be an answer."""
    whole = [line[1:] if line.startswith(_FROM) and _alone(lines, at) else line for at, line in enumerate(lines)]
    tails = _tails(whole, wary)
    return [tails.get(at, "") + line for at, line in enumerate(whole)] if tails else whole


def _alone(lines: Sequence[str], at: int) -> bool:
    """Whether no quotation is around the line: none beside it, and no attribution above it."""
    beside = [*lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2]]
    above = next((line for line in reversed(lines[max(at - 3, 0) : at]) if line.strip(MARK + " \t")), "")
    return not any(map(is_quote, beside)) and not above.rstrip(" *").endswith((":", "："))


def _tails(lines: Sequence[str], wary: bool) -> dict[int, str]:
    """The lines that a relay wrapped off the quoted line above them, with that line's quote marks."""
    quoted = [at for at, line in enumerate(lines) if is_quote(line)]
    # A relay leaves no longer line, except for links: it has no place to wrap them.
    width = max((len(lines[at]) for at in quoted if "://" not in lines[at]), default=0)
    runs = [run for at in quoted if (run := _run(lines, at + 1, max(width, _NARROWEST)))]
    if not any(run.certain for run in runs):
        return {}
    found: dict[int, str] = {}
    for run in runs:
        marks = _MARKS.match(lines[run.start - 1])
        if marks:
            found |= dict.fromkeys(range(run.start, run.end), marks.group().rstrip() + " ")
    alone = len(runs) == 1 and not runs[0].through
    return {} if wary and (alone or _answered(lines, quoted, found)) else found


def _answered(lines: Sequence[str], quoted: Sequence[int], tails: dict[int, str]) -> bool:
    """Whether a line between the `quoted` ones is no tail."""
    between = set(range(quoted[0], quoted[-1])).difference(quoted, tails)
    return any(lines[at].strip() and lines[at] != MARK for at in between)


def _run(lines: Sequence[str], at: int, width: int) -> _Run | None:
    """The tail that begins at line `at`, or None: it goes on with the sentence above, or to that sentence's end, and is
    no answer. `width`: of the mail's longest line; the first word of a tail did not fit on the line above."""
    above, end = lines[at - 1], _end(lines, at)
    if end is None or _of_a_list(lines, at) or _answer(lines[at:end]):
        return None
    last, below = lines[end - 1], _below(lines, end)
    small, opened = lines[at].lstrip()[0].islower(), not _finished(above)
    in_address = above.rfind("<") > above.rfind(">", 4) and ">" in lines[at].split()[0]
    closes = in_address or (below is not None and _closes(above, lines[at]))
    complete = (closes or _finished(last)) and not (below or "")[:1].islower()
    if any(len(lines[one - 1]) + 1 + len(lines[one].split()[0]) <= width for one in range(at, end)):
        asks = above.rstrip().endswith(("?", "？"))
        return _Run(at, end, False, False) if small and complete and below is not None and not asks else None
    through = closes or (not _finished(last) and below is not None and below[:1].islower())
    if not through and not (small and opened and complete):
        return None
    scrap = len(above) + 1 + len(last) <= _CLIENTS or (through and end > at + 1)
    certain = closes or (below is not None and (scrap or last.endswith("?")))
    return _Run(at, end, small and opened and certain, through)


def _end(lines: Sequence[str], at: int) -> int | None:
    """The end of the lines without ">" below the long quoted line before `at`; None if they are no tail."""
    if len(lines[at - 1]) < _SHORTEST:
        return None
    for index in range(at, min(at + _MOST_LINES, len(lines))):
        line = lines[index]
        if not line.strip() or line == MARK or is_quote(line):
            return None
        if len(line) < _SHORTEST or _below(lines, index + 1) is not None:
            return index + 1 if len(line) < len(lines[at - 1]) else None
    return None


def _below(lines: Sequence[str], end: int) -> str | None:
    """The quoted words right below; None if no quoted line is there."""
    return _bare(lines[end]) if end < len(lines) and is_quote(lines[end]) else None


def _bare(line: str) -> str:
    marks = _MARKS.match(line)
    return line[marks.end() if marks else 0 :].strip()


def _finished(line: str) -> bool:
    return line.rstrip(" *_)\"'”“»").endswith(_FINAL)


def _closes(above: str, line: str) -> bool:
    """Whether the line ends what is open above: a link, a bracket or quotation marks."""
    if "://" in above.split()[-1]:
        return "/" in line.split()[0]
    if above.count('"') % 2 and line.count('"') % 2:
        return True
    return any(above.count(one) > above.count(other) and other in line for one, other in _PAIRS)


def _answer(tail: Sequence[str]) -> bool:
    """Whether the lines look like what people write between quotations: a number, or an answer of a word."""
    words = tail[0].split()
    few = len(tail) == 1 and len(words) <= 3
    return words[0][0].isdecimal() or name_lines.answer(" ".join(words) if few else words[0])


def _of_a_list(lines: Sequence[str], at: int) -> bool:
    """Whether the quoted line above `at` belongs to a list: people answer its items where they stand."""
    for index in range(at - 1, max(at - _MOST_ABOVE, -1), -1):
        bare = _bare(lines[index]) if is_quote(lines[index]) else lines[index]
        if not bare.strip():
            break
        if is_quote(lines[index]) and _ITEM.match(f"{bare} "):
            return True
    below = [_bare(line) for line in lines[at : at + _MOST_LINES] if is_quote(line)]
    return any(map(_ITEM.match, (f"{bare} " for bare in below if bare)))
