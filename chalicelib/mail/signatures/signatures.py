"""Separates what is below a person's words: the signature, the phone's line, rulers at the end.
Nothing is lost. A delimiter with a message below it does not count."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.mail.gateways import gateway_lines
from chalicelib.mail.signatures import closing_blocks, closings, device_lines, message_lines, name_lines
from chalicelib.mail.signatures.html_words import speaks
from chalicelib.mail.signatures.nothing_said import leave as leave
from chalicelib.mail.signatures.nothing_said import nothing_said
from chalicelib.patterns import pattern

MAX_SIGNATURE_LINES = 60
MAX_RULED_LINES = 20
# Programs write RFC 3676's delimiter with a blank; people type it without one.
_EXACT = pattern(r"-- (?:\*)?\Z|--=20\Z")
_DELIMITER = pattern(r"\s{0,3}(?:--|__|--=20|-- ?\*?)\s{0,3}\Z")
_RULED = pattern(r"\s{0,3}_{3,60}\s{0,3}\Z")
_SYMBOLS = pattern(r"[\s*#~=_+.\-–—\u1427>|]{1,200}\Z")
_AFTERWORD = pattern(r"[ \t]*p\.? ?s\.?\b[:. ]", re.I)


def ruler(line: str) -> bool:
    """Whether the line consists only of line-drawing characters and stars."""
    return bool(_SYMBOLS.match(line))


def split(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """(the words, the signature below them). The signature includes lines that an app added above or below it."""
    kept, last = _devices_apart(list(lines))
    if not any(map(_says_something, kept)):
        return list(lines), []
    at = start(kept)
    words, signature = (kept, []) if at is None else (kept[:at], kept[at:])
    if not any(map(_says_something, signature)):
        signature = []
    words, above = _devices_apart(words)
    if not any(map(_says_something, words)):
        words, above = [*words, *above], []
    return _without_rulers(words), [*signature, *above, *last]


def without(lines: Sequence[str], author: str) -> list[str]:
    """Only the words; may be empty, since a signature at the very top is removed too. `author`: the writer's name."""
    kept, afterword = _afterword_apart(_devices_apart(gateway_lines.without(lines))[0])
    afterword = _bare(afterword[: _signature(afterword, author)])
    at = _signature(kept, author)
    if at == len(kept):
        return _bare([*kept, *afterword])
    words = _bare(kept[:at])
    return [*words, "", *afterword] if words and afterword else words or afterword


def _signature(lines: list[str], author: str) -> int:
    """The line where the signature begins; the end if there is none."""
    at = delimited(lines, strict=True, author=author)
    if at is None:
        at = next((index for index in _last(lines) if closing_blocks.strictly_begins(lines, index, author)), len(lines))
    if lines[at:] and closings.thanks(lines[at]):
        at += 1  # thanks belong to the words, even above a signature
    return at


def _bare(lines: list[str]) -> list[str]:
    """The lines without what gateways and apps added."""
    return _without_rulers(gateway_lines.without(_devices_apart(gateway_lines.without(lines))[0]))


def _afterword_apart(lines: list[str]) -> tuple[list[str], list[str]]:
    """(the lines above a postscript, the postscript): people write it below their signature."""
    at = next((index for index in _last(lines) if index and _AFTERWORD.match(lines[index])), len(lines))
    return lines[:at], lines[at:]


def said(text: str, author: str) -> str:
    """The text; "" if it only greets, takes leave and says who the writer is."""
    return "" if nothing_said(text.split("\n"), author) else text


def _devices_apart(lines: list[str]) -> tuple[list[str], list[str]]:
    """(the lines without rulers at their end, the lines that an app added below them)."""
    lines = _without_rulers(lines)
    at = device_lines.below(lines)
    return (lines, []) if at is None else (_without_rulers(lines[:at]), lines[at:])


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not ruler(line)


def start(lines: list[str]) -> int | None:
    """The line where the signature begins: its delimiter, or a closing formula above a contact block. Never the first
    words."""
    at = delimited(lines)
    if at is not None:
        return at
    fenced = _fenced(lines)
    first = _first_words(lines)
    return next(
        (
            index
            for index in _last(lines)
            if index > first and index not in fenced and closing_blocks.begins(lines, index)
        ),
        None,
    )


def _last(lines: list[str]) -> range:
    return range(max(0, len(lines) - MAX_RULED_LINES), len(lines))


def delimited(lines: list[str], below_words: bool = True, strict: bool = False, author: str = "") -> int | None:
    """The line of a signature delimiter, near the end and (if `below_words`) below some words. Two delimiters, or a
    message below one, mean that it only divides a text; but a list may put its notice below a second one. `strict`: a
    program's own delimiter counts with anything below it, also at the top, and one that was typed only where nothing
    is said on the next line."""
    fenced = _fenced(lines)
    total = len(lines)
    first = _first_words(lines) + 1 if below_words and not strict else 0
    for delimiter, longest in ((_DELIMITER, MAX_SIGNATURE_LINES), (_RULED, MAX_RULED_LINES)):
        marks = [index for index, line in enumerate(lines) if delimiter.match(line) and index not in fenced]
        if not marks or marks[0] < max(first, total - longest):
            continue
        exact = bool(_EXACT.match(lines[marks[0]]))
        if strict and not exact and _divides(lines, marks[0], author):
            continue
        only_one = len(marks) == 1 or any(map(message_lines.notice, lines[marks[-1] + 1 : marks[-1] + 3]))
        if only_one and ((strict and exact) or not message_lines.message(lines[marks[0] + 1 :], exact)):
            return marks[0]
    return None


def _divides(lines: list[str], index: int, author: str) -> bool:
    """Whether a typed line stands within words: a colon above leads over it, or a sentence is below."""
    below = next((line for line in lines[index + 1 :] if line.strip()), "")
    if closings.farewell(below, author) or name_lines.of_author(below, author):
        return False
    return closing_blocks.led_to(lines, index) or speaks(below)


def _first_words(lines: list[str]) -> int:
    return next((index for index, line in enumerate(lines) if _says_something(line)), len(lines))


def _fenced(lines: list[str]) -> set[int]:
    """The lines within ``` fences: code is never a signature."""
    inside: set[int] = set()
    fences = [index for index, line in enumerate(lines) if line.lstrip().startswith("```")]
    for begin, end in zip(fences[::2], fences[1::2], strict=False):
        inside.update(range(begin, end + 1))
    return inside


def _without_rulers(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or ruler(lines[end - 1])):
        end -= 1
    return lines[:end]
