"""Separates what is below a person's words: the signature, the phone's line, rulers at the end.
Nothing is lost. A delimiter with a message below it does not count."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.mail.signatures import closings, device_lines, gateway_lines, message_lines, name_lines
from chalicelib.mail.signatures.nothing_said import nothing_said
from chalicelib.patterns import pattern

MAX_SIGNATURE_LINES = 60
MAX_RULED_LINES = 20
# Programs write RFC 3676's delimiter with a blank; people type it without one.
_EXACT = pattern(r"-- (?:\*)?\Z|--=20\Z")
_DELIMITER = pattern(r"\s{0,3}(?:--|__|--=20|-- ?\*?)\s{0,3}\Z")
_RULED = pattern(r"\s{0,3}_{3,60}\s{0,3}\Z")
_SYMBOLS = pattern(r"[\s*#~=_+.\-–—\u1427>|]{1,200}\Z")
_CONTACT = pattern(
    r"@|https?://|www\.|\+?\d[\d ()/.-]{6,}\d|\b(?:CEO|CTO|CFO|COO|Manager|Director|Head|Engineer|Sales|Support"
    r"|GmbH|Ltd|Inc|LLC|S\.?A\.?|AG|BV|AB|Oy|Tel|Phone|Mobil|Fax)\b"
)


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
    kept = _devices_apart(gateway_lines.without(lines))[0]
    at = delimited(kept, strict=True)
    if at is None:
        at = next((index for index in _last(kept) if _strictly_begins(kept, index, author)), None)
    if at is not None and closings.thanks(kept[at]):
        at += 1  # thanks belong to the words, even above a signature
    words = kept if at is None else kept[:at]
    return _without_rulers(gateway_lines.without(_devices_apart(gateway_lines.without(words))[0]))


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
        (index for index in _last(lines) if index > first and index not in fenced and _closing_block(lines, index)),
        None,
    )


def _last(lines: list[str]) -> range:
    return range(max(0, len(lines) - MAX_RULED_LINES), len(lines))


def delimited(lines: list[str], below_words: bool = True, strict: bool = False) -> int | None:
    """The line of a signature delimiter, near the end and (if `below_words`) below some words. Two delimiters, or a
    message below one, mean that it only divides a text; but a list may put its notice below a second one. `strict`: a
    program's own delimiter counts with anything below it, also at the top."""
    fenced = _fenced(lines)
    total = len(lines)
    first = _first_words(lines) + 1 if below_words and not strict else 0
    for delimiter, longest in ((_DELIMITER, MAX_SIGNATURE_LINES), (_RULED, MAX_RULED_LINES)):
        marks = [index for index, line in enumerate(lines) if delimiter.match(line) and index not in fenced]
        if not marks or marks[0] < max(first, total - longest):
            continue
        exact = bool(_EXACT.match(lines[marks[0]]))
        only_one = len(marks) == 1 or any(map(message_lines.notice, lines[marks[-1] + 1 : marks[-1] + 3]))
        if only_one and ((strict and exact) or not message_lines.message(lines[marks[0] + 1 :], exact)):
            return marks[0]
    return None


def _first_words(lines: list[str]) -> int:
    return next((index for index, line in enumerate(lines) if _says_something(line)), len(lines))


def _fenced(lines: list[str]) -> set[int]:
    """The lines within ``` fences: code is never a signature."""
    inside: set[int] = set()
    fences = [index for index, line in enumerate(lines) if line.lstrip().startswith("```")]
    for begin, end in zip(fences[::2], fences[1::2], strict=False):
        inside.update(range(begin, end + 1))
    return inside


def _closing_block(lines: list[str], index: int, author: str = "") -> bool:
    """Whether a closing block begins here: "Regards," with a name and at least one contact line (title, telephone
    number, address)."""
    if not closings.farewell(lines[index], author):
        return False
    below = [line.strip() for line in lines[index + 1 :] if line.strip()]
    notice = next((at for at, line in enumerate(below) if message_lines.notice(line)), len(below))
    below = below[:notice]
    names = [] if closings.formula(lines[index]) else [lines[index]]
    return (
        2 <= len(names + below) <= 9
        and (bool(names) or _named(below[0], author))
        and all(len(line) < 80 or (len(line) < 240 and _CONTACT.search(line)) for line in below)
        and any(map(_CONTACT.search, (names + below)[1:]))
        and not message_lines.message(below)
    )


def _named(line: str, author: str) -> bool:
    return name_lines.name(line) or name_lines.of_author(line, author)


def _strictly_begins(lines: list[str], index: int, author: str) -> bool:
    """Whether a signature begins here: a closing formula or the writer's name above a contact block, or, at the very
    top, a closing formula with only names below it."""
    if _closing_block(lines, index, author):
        return True
    if author and lines[index].strip(" ,.*").casefold() == author.casefold():
        below = lines[index + 1 :]
        return (
            any(map(_CONTACT.search, below))
            and all(len(line) < 80 for line in below)
            and not message_lines.message(below)
        )
    return index == _first_words(lines) and _farewell_alone(lines[index:], author)


def _farewell_alone(lines: list[str], author: str) -> bool:
    """Whether the lines are only a farewell. Thanks count as words."""
    first, *below = (line.strip() for line in lines if line.strip())
    if closings.thanks(first) or (closings.polite(first) and not below):
        return False
    return closings.farewell(first, author) and len(below) <= 4 and all(_named(line, author) for line in below)


def _without_rulers(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or ruler(lines[end - 1])):
        end -= 1
    return lines[:end]
