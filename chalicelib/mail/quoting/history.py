"""Separates the new lines of a text from the history that a mail client put around them.
`cut` keeps the quoted context that an answer needs; `own` keeps no history at all."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.mail.bodies.html_writer import MARK
from chalicelib.mail.quoting import attributions, history_marks, separators
from chalicelib.mail.quoting.history_marks import Marker, has_words, is_quote
from chalicelib.mail.signatures import device_lines, message_lines, signatures

# After an app's line, at most so many characters of a message are the sender's afterthought. Anything else there is
# history without a header.
_AFTERTHOUGHT = 200


@dataclass(slots=True)
class Cut:
    """The sender's own lines (`kept`) and the history (`quoted`)."""

    kept: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)

    def take(self, kept: list[str], quoted: list[str]) -> None:
        self.kept += kept
        self.quoted += quoted


def cut(lines: list[str], answers: bool) -> Cut:
    """Walk the markers from the top and cut at the first one with history that reaches to the end.

    `answers`: something says that the mail answers another. If false, only a final quotation with an attribution is
    cut: a sender who cites or forwards a mail, or fills in a form, wants its text to be read.
    """
    markers = history_marks.find(lines)
    if not answers:
        return _without_last_quotation(lines, [*markers, *history_marks.headed(lines, blocks=False)])
    done = Cut()
    at = 0
    for marker in markers:
        if marker.start < at:
            continue
        above = lines[at : marker.start]
        words_above = has_words(done.kept) or has_words(above)
        begin, end = _quotation(lines, marker.end)
        if begin == end and words_above:
            # Unquoted history, as Outlook writes it, has no visible end: everything below is history.
            done.take(above, lines[marker.start :])
            return done
        if begin == end:
            # No words above: the text below is the content, as in a mail that only forwards.
            done.take(above, lines[marker.start : marker.end])
            at = marker.end
            continue
        own_words, signature = _signature_apart(lines[end:])
        if has_words(own_words):
            interleaved = words_above or any(map(is_quote, own_words))
            at = _past_quotation(done, lines, marker, above, (begin, end), interleaved)
        elif words_above:
            done.take(above + signature, lines[marker.start : end])
            return done
        else:
            break
    _take_rest(done, lines[at:])
    if not any(map(str.strip, done.quoted)):
        done.kept, below = _below_device(done.kept)
        done.quoted += below
    return done


def own(lines: list[str], answers: bool) -> list[list[str]]:
    """The runs of new lines, without any history, even if it gives context to an answer.

    `answers`: something says that the mail answers or forwards another. If true, unquoted history reaches to the end
    wherever it begins, even at the very top, and every ">" line is old. If false, only what a client clearly marked is
    removed: text below a separator, or quoted text below an attribution.
    """
    found: list[list[str]] = []
    at = 0
    quotations = [] if answers else history_marks.headed(lines, blocks=True)
    for marker in sorted([*history_marks.find(lines, strict=answers), *quotations], key=lambda one: one.start):
        if marker.start < at:
            continue
        begin, end = _quotation(lines, marker.end)
        if begin < end:
            found.append(lines[at : marker.start])
            at = end
        elif answers or marker.said:
            return _unquoted([*found, lines[at : marker.start], []], answers)
    last = lines[at:]
    return _unquoted([*found, _below_device(last)[0] if answers and not found else last], answers)


def _unquoted(pieces: list[list[str]], answers: bool) -> list[list[str]]:
    """The pieces without their ">" lines; each is split where such lines were. A line that only introduced what is
    removed below it goes too."""
    if not answers:
        return pieces
    found: list[list[str]] = []
    for piece in pieces:
        found.append([])
        for line in piece:
            if not is_quote(line):
                found[-1].append(line)
            elif found[-1]:
                found.append([])
    return [_without_introduction(piece) for piece in found[:-1]] + found[-1:]


def _without_introduction(piece: list[str]) -> list[str]:
    """A piece above history. Blank lines and a client's MARK may be between the introduction and what it introduces."""
    end = len(piece)
    while end and piece[end - 1].strip(MARK + "\t ") == "":
        end -= 1
    return piece[: end - 1] if end and attributions.introduces(piece[end - 1]) else piece


def _without_last_quotation(lines: list[str], markers: list[Marker]) -> Cut:
    for marker in markers:
        begin, end = _quotation(lines, marker.end)
        below, signature = _signature_apart(lines[end:])
        forwards = separators.forward_marker(lines[begin]) if begin < end else True
        if not forwards and has_words(lines[: marker.start]) and not has_words(below):
            return Cut(lines[: marker.start] + signature, lines[marker.start : end])
    return Cut(lines, [])


def _past_quotation(
    done: Cut, lines: list[str], marker: Marker, above: list[str], quotation: tuple[int, int], interleaved: bool
) -> int:
    """Handle a quotation with words after it: it stays as context if the answer is interleaved, and goes if all words
    are below. Returns where to go on."""
    done.take(above, lines[marker.start : marker.end])
    if interleaved:
        return marker.end
    done.quoted += lines[slice(*quotation)]
    return quotation[1]


def _take_rest(done: Cut, lines: list[str]) -> None:
    """Take the last lines. A quotation without attribution is history if it ends the mail below some words; else
    context."""
    body, signature = _signature_apart(lines)
    end = len(body)
    while end and (not body[end - 1].strip() or is_quote(body[end - 1]) or body[end - 1] == MARK):
        end -= 1
    if end < len(body) and (has_words(done.kept) or has_words(body[:end])):
        done.take(body[:end] + signature, body[end:])
    else:
        done.kept += lines


def _below_device(lines: list[str]) -> tuple[list[str], list[str]]:
    """Split at "Sent from my phone" set apart by blank lines below some words: the text after it is history without a
    header."""
    for index in range(1, len(lines) - 2):
        apart = not lines[index - 1].strip() and not lines[index + 1].strip()
        if apart and device_lines.device_line(lines[index]):
            # Only the first such line matters.
            below = lines[index + 1 :]
            afterthought = sum(map(len, below)) <= _AFTERTHOUGHT and message_lines.message(below)
            return (lines, []) if afterthought or not has_words(lines[:index]) else (lines[: index + 1], below)
    return lines, []


def _quotation(lines: list[str], start: int) -> tuple[int, int]:
    """The run of ">" lines that begins after `start`; empty if the next line with words is not quoted."""
    begin = start
    while begin < len(lines) and (
        not lines[begin].strip()
        or lines[begin] == MARK
        or (signatures.ruler(lines[begin]) and not is_quote(lines[begin]))
    ):
        begin += 1
    if begin >= len(lines) or not is_quote(lines[begin]):
        return start, start
    end = index = begin
    while index < len(lines):
        if is_quote(lines[index]):
            end = index + 1
        elif lines[index].strip() and lines[index] != MARK:
            break
        index += 1
    return begin, end


def _signature_apart(lines: list[str]) -> tuple[list[str], list[str]]:
    at = signatures.delimited(lines, below_words=False)
    return (lines, []) if at is None else (lines[:at], lines[at:])
