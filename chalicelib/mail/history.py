"""Where the history in a text begins and ends: attributions, separators, header blocks and ">" lines.
Decides which lines are new and which are quoted; the rest of the taking apart is done elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from chalicelib.mail import attributions, header_blocks, signatures
from chalicelib.mail.html_writer import MARK

_WRAP_WIDTH = 50
MAX_MARKERS = 50
MAX_TRIES = 500
_QUOTE = re.compile(r"\s{0,3}(?:>|[A-Z]{1,3}>|\|(?: |\Z))")


@dataclass(frozen=True, slots=True)
class _Marker:
    """Where a mail client began its history: lines `start` to `end`, the history itself after that."""

    start: int
    end: int


@dataclass(slots=True)
class Cut:
    """The lines that are the sender's own, and those that are history."""

    kept: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)

    def take(self, kept: list[str], quoted: list[str]) -> None:
        self.kept += kept
        self.quoted += quoted


def cut(lines: list[str]) -> Cut:
    """Walks the markers from the top and cuts at the first whose history runs to the end."""
    done = Cut()
    at = 0
    for marker in _markers(lines):
        if marker.start < at:
            continue
        above = lines[at : marker.start]
        words_above = has_words(done.kept) or has_words(above)
        begin, end = _quotation(lines, marker.end)
        if begin == end and words_above:
            # Unquoted history, as Outlook writes it, has no end: all that follows is old.
            done.take(above, lines[marker.start :])
            return done
        if begin == end:
            # Nothing above it: what follows is all there is, as when a mail is only forwarded.
            done.take(above, lines[marker.start : marker.end])
            at = marker.end
            continue
        own, signature = _signature_apart(lines[end:])
        if has_words(own):
            at = _past_quotation(done, lines, marker, above, (begin, end), words_above or any(map(_is_quote, own)))
        elif words_above:
            done.take(above + signature, lines[marker.start : end])
            return done
        else:
            break
    _take_rest(done, lines[at:])
    return done


def own(lines: list[str], answers: bool) -> list[list[str]]:
    """The runs of lines that are new, without any history, be it the context of an answer.

    `answers`: something says that the mail answers or passes on another. Then unquoted history runs to the end
    wherever it begins, at the very top, too, and every ">" line is old. Else only what a client clearly marked goes:
    below a separator, or quoted below an attribution."""
    found: list[list[str]] = []
    at = 0
    for marker in _markers(lines):
        if marker.start < at:
            continue
        begin, end = _quotation(lines, marker.end)
        if begin < end:
            found.append(lines[at : marker.start])
            at = end
        elif answers or any(map(attributions.separator, lines[marker.start : marker.end])):
            return _unquoted([*found, lines[at : marker.start]], answers)
    return _unquoted([*found, lines[at:]], answers)


def _unquoted(pieces: list[list[str]], answers: bool) -> list[list[str]]:
    """The pieces parted where ">" lines stand between, those left out."""
    if not answers:
        return pieces
    found: list[list[str]] = []
    for piece in pieces:
        found.append([])
        for index, line in enumerate(piece):
            if not _is_quote(line) and not _wrapped(piece, index):
                found[-1].append(line)
            elif found[-1]:
                found.append([])
    return found


def _past_quotation(
    done: Cut, lines: list[str], marker: _Marker, above: list[str], quotation: tuple[int, int], interleaved: bool
) -> int:
    """Words follow the quotation: it stays as their context if they stand between, and goes if all are below it."""
    done.take(above, lines[marker.start : marker.end])
    if interleaved:
        return marker.end
    done.quoted += lines[slice(*quotation)]
    return quotation[1]


def _take_rest(done: Cut, lines: list[str]) -> None:
    """A quotation without attribution goes if it ends the mail below some words; elsewhere it is context."""
    body, signature = _signature_apart(lines)
    end = len(body)
    while end and (not body[end - 1].strip() or _is_quote(body[end - 1]) or body[end - 1] == MARK):
        end -= 1
    if end < len(body) and (has_words(done.kept) or has_words(body[:end])):
        done.take(body[:end] + signature, body[end:])
    else:
        done.kept += lines


def _markers(lines: list[str]) -> list[_Marker]:
    """Attributions, separators and header blocks, from the top; neighbours are one marker."""
    blocks = {block.start: block for block in header_blocks.find(lines)}
    found: list[_Marker] = []
    index = tries = 0
    while index < len(lines) and len(found) < MAX_MARKERS and tries < MAX_TRIES:
        line, end = lines[index], index
        if line == MARK:
            end = index + 1
        elif _is_quote(line):
            pass
        elif index in blocks:
            end = blocks[index].end
        elif attributions.separator(line):
            end = index + 1
        elif attributions.may_begin(line):
            tries += 1
            end = index + attributions.length(lines, index)
        if end > index:
            _add(found, lines, index, end)
        index = max(end, index + 1)
    return found


def _add(found: list[_Marker], lines: list[str], start: int, end: int) -> None:
    """Adds a marker, to the one before it where nothing stands between them."""
    between = lines[found[-1].end : start] if found else []
    if found and not has_words(between) and not any(map(_is_quote, between)):
        found[-1] = _Marker(found[-1].start, end)
    else:
        found.append(_Marker(start, end))


def _is_quote(line: str) -> bool:
    return bool(_QUOTE.match(line))


def has_words(lines: list[str]) -> bool:
    return any(
        line.strip()
        and line != MARK
        and not _is_quote(line)
        and not signatures.ruler(line)
        and not signatures.mobile(line)
        for line in lines
    )


def _quotation(lines: list[str], start: int) -> tuple[int, int]:
    """The run of ">" lines that begins after `start`; empty if the next line with words is not quoted."""
    begin = start
    while begin < len(lines) and (
        not lines[begin].strip()
        or lines[begin] == MARK
        or (signatures.ruler(lines[begin]) and not _is_quote(lines[begin]))
    ):
        begin += 1
    if begin >= len(lines) or not _is_quote(lines[begin]):
        return start, start
    end = index = begin
    while index < len(lines):
        if _is_quote(lines[index]):
            end = index + 1
        elif lines[index].strip() and lines[index] != MARK and not _wrapped(lines, index):
            break
        index += 1
    return begin, end


def _wrapped(lines: list[str], index: int) -> bool:
    """Whether an unquoted line is the broken-off end of a long quoted one: no blank line before, more of it after."""
    before = lines[index - 1] if index else ""
    if not _is_quote(before) or len(before) < _WRAP_WIDTH or len(lines[index]) >= len(before):
        return False
    return index + 1 < len(lines) and _is_quote(lines[index + 1])


def _signature_apart(lines: list[str]) -> tuple[list[str], list[str]]:
    at = signatures.delimited(lines, below_words=False)
    return (lines, []) if at is None else (lines[:at], lines[at:])
