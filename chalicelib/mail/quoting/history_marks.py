"""Finds where a mail client began its history: attributions, separators and header blocks.
`history` decides whether the text below is history, and where that ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from chalicelib.mail.bodies.html_writer import MARK
from chalicelib.mail.quoting import attributions, header_blocks, header_labels, separators, writers
from chalicelib.mail.signatures import device_lines, signatures
from chalicelib.patterns import pattern

MAX_MARKERS = 50
MAX_TRIES = 500
_QUOTE = pattern(r"\s{0,3}(?:>|[A-Z]{1,3}>|\|(?: [^|]*)?\Z)")
# A separator in an unlisted language: counts only above a header block, or above lines that look like one.
_FRAMED = pattern(r"[\s*]{0,4}[-_=]{3,40}[\s*]{0,4}\S[^\n]{1,60}?[\s*]{0,4}[-_=]{3,40}[\s*]{0,4}\Z")
_LABELLED = pattern(r"[\s*]{0,4}[^\W\d_][^\n:：@]{0,30}[:：]\*{0,2}\s?(?=\S)")
_ROW = pattern(r"[\s>]{0,4}\|[^|\n\d]{1,40}\|[^|\n]{0,400}\|?\s{0,4}\Z")
_CITED = pattern(r"\s{0,4}[\"“”„«»'‘‚].*[\"“”«»'’‘][.,;]?\s{0,4}\Z", re.S)


@dataclass(frozen=True, slots=True)
class Marker:
    """Where a mail client began its history: lines `start` to `end` are the marker, the history comes after it."""

    start: int
    end: int
    said: bool = False
    """A separator says it in words."""
    sure: bool = True
    """No person writes so. One that is not sure counts only if none that is follows."""


def find(lines: list[str], strict: bool = False) -> list[Marker]:
    """Attributions, separators and header blocks, from the top; adjacent ones are joined to one marker. `strict`: also
    an attribution on one line with its quotation, though a person may cite in this way."""
    blocks = {block.start: block for block in _blocks(tuple(lines))}
    found: list[Marker] = []
    index = tries = 0
    while index < len(lines) and len(found) < MAX_MARKERS and tries < MAX_TRIES:
        line, end, said, sure = lines[index], index, False, True
        if line == MARK:
            end = index + 1
        elif is_quote(line):
            end = index + _lone(lines, index)
        elif index in blocks and (blocks[index].sure or _joins(found, lines, index)):
            end = blocks[index].end
        elif _separates(lines, index, blocks):
            end, said = index + 1, True
        elif (_FRAMED.match(line) or signatures.ruler(line)) and (block := _end_of_block(lines, index + 1, blocks)):
            end = block
        elif strict and "@" in line and attributions.opens(line):
            end = index + 1
        elif attributions.may_begin(line):
            tries += 1
            end = index + attributions.length(lines, index)
            end = index if _is_cited(lines, end) else end
            sure = not _may_be_cited(lines, index, end)
        if end > index:
            _add(found, lines, Marker(_with_fields(lines, index, end), end, said, sure))
        index = max(end, index + 1)
    return _surest(found, lines)


def _surest(found: list[Marker], lines: list[str]) -> list[Marker]:
    """The markers without those that are not sure and have one below them that is."""
    if all(marker.sure for marker in found):
        return found
    quotations = headed(lines, blocks=True)
    last = max((marker.start for marker in [*found, *quotations] if marker.sure), default=-1)
    return [marker for marker in found if marker.sure or marker.start > last]


def _lone(lines: list[str], index: int) -> bool:
    """Whether this line is an attribution that only looks like a quotation (">Monday, 2 March 2026 from Ann <…>:")."""
    if "@" not in lines[index] or any(
        map(is_quote, [*lines[max(index - 1, 0) : index], *lines[index + 1 : index + 2]])
    ):
        return False
    return attributions.attributes(header_blocks.unquoted(lines[index]).strip())


def headed(lines: list[str], blocks: bool) -> list[Marker]:
    """The quotations that have their attribution or separator inside, as Apple Mail writes them: markers without lines.
    `blocks`: or a header block."""
    begins = (
        index for index, line in enumerate(lines) if is_quote(line) and not (index and is_quote(lines[index - 1]))
    )
    return [Marker(index, index) for index in islice(begins, MAX_MARKERS) if _headed(lines[index : index + 8], blocks)]


def _headed(quotation: list[str], blocks: bool) -> bool:
    inside = [header_blocks.unquoted(line).strip() for line in quotation if is_quote(line)]
    at = next((at for at, line in enumerate(inside) if line), 0)
    if separators.separator(inside[at]) or attributions.length(inside, at):
        return True
    return blocks and any(block.start == at and block.sure for block in header_blocks.find(inside, 1))


@lru_cache(maxsize=2)  # `cut` and `own` need the blocks of the same lines, one after the other
def _blocks(lines: tuple[str, ...]) -> list[header_blocks.Block]:
    return header_blocks.find(lines)


def _add(found: list[Marker], lines: list[str], marker: Marker) -> None:
    """Add a marker; join it to the one before if no words are between them."""
    between = lines[found[-1].end : marker.start] if found else []
    if found and not has_words(between) and not any(map(is_quote, between)):
        last = found[-1]
        found[-1] = Marker(last.start, marker.end, last.said or marker.said, last.sure or marker.sure)
    else:
        found.append(marker)


def _with_fields(lines: list[str], start: int, end: int) -> int:
    """The first line of a marker: one client writes who got the mail and its subject right above its attribution, below
    a ruler."""
    first, names = start, set()
    while first and start - first < 4 and (label := header_labels.labelled(lines[first - 1])) and label[0]:
        first -= 1
        names.add(label[0])
    ruled = first > 0 and signatures.ruler(lines[first - 1]) and lines[first - 1].strip() != ""
    if not {"to", "subject"} <= names or not any("@" in line for line in lines[first:start]):
        return start
    return first - ruled if "@" in " ".join(lines[start:end]) else start


def _separates(lines: list[str], index: int, blocks: dict[int, header_blocks.Block]) -> bool:
    """Whether this line is a separator. People too write "Forwarded message:"; a client leaves a blank line below it,
    or writes a header block."""
    line = lines[index]
    if separators.bare(line):
        return index + 1 in blocks or not any(map(str.strip, lines[index + 1 : index + 2]))
    return separators.separator(line) or separators.begins(line)


def _joins(found: list[Marker], lines: list[str], index: int) -> bool:
    """Whether only blank lines are between the last marker and this line."""
    return bool(found) and not any(map(str.strip, lines[found[-1].end : index]))


def _end_of_block(lines: list[str], at: int, blocks: dict[int, header_blocks.Block]) -> int:
    """The end of the header block that begins here or after up to three blank lines, with known or unknown labels; 0 if
    there is none. Unknown labels count if at least three lines have them, with an address and a date."""
    first = at
    while at < min(len(lines), first + 3) and (not lines[at].strip() or lines[at] == MARK):
        at += 1
    if at in blocks:
        return blocks[at].end
    end = at
    while end < min(len(lines), at + 8) and (_LABELLED.match(lines[end]) or _ROW.match(lines[end])):
        end += 1
    block = "\n".join(lines[at:end])
    return end if end - at >= 3 and "@" in block and re.search(r"\d{4}|\d[:.]\d\d", block) else 0


def _is_cited(lines: list[str], end: int) -> bool:
    """Whether the sender wrote the attribution that ends here: a citation in quotation marks follows."""
    at = end
    while at < min(len(lines), end + 3) and not lines[at].strip():
        at += 1
    last = at
    while last < min(len(lines), at + 30) and lines[last].strip():
        last += 1
    return last > at and bool(_CITED.match("\n".join(lines[at:last])))


def _may_be_cited(lines: list[str], start: int, end: int) -> bool:
    """Whether a person may cite somebody in this way: no address or no verb, and words right below, not quoted. Clients
    write one of them, or leave a blank line."""
    text, below = " ".join(lines[start:end]), "".join(lines[end : end + 1])
    by_client = "@" in text and writers.VERB.search(text)
    return not by_client and bool(below.strip()) and below != MARK and not is_quote(below)


def is_quote(line: str) -> bool:
    """Whether the line is quoted, that is has ">", initials and ">", or a bar before it. A table row is not quoted."""
    return bool(_QUOTE.match(line)) and not separators.in_arrows(line)


def has_words(lines: list[str]) -> bool:
    """Whether a person wrote any of these lines: not quoted, not a ruler, not an app's line."""
    return any(
        line.strip()
        and line != MARK
        and not is_quote(line)
        and not signatures.ruler(line)
        and not device_lines.device_line(line)
        for line in lines
    )


def written_by_programs(lines: list[str]) -> frozenset[int]:
    """The numbers of the lines that clients wrote above what they quote, however deep, and of apps' lines."""
    bare = [header_blocks.unquoted(line).strip() for line in lines]
    found = {at for marker in (*find(lines, True), *find(bare, True)) for at in range(marker.start, marker.end)}
    found.update(at for block in _blocks(tuple(bare)) for at in range(block.start, block.end))
    return frozenset(found.union(at for at, line in enumerate(bare) if device_lines.device_line(line)))
