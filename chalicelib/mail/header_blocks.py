"""The header block a mail client writes above what it forwards or answers ("From: … Sent: … Subject: …"),
in the words of some thirty languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.mail import header_labels

MAX_LINES = 30
MAX_BLOCKS = 20
MAX_WORDS = 4
# Weekdays, hours and addresses before a colon are no label.
_FIELD = re.compile(
    r"[>\s|\u200b-\u200f\u202a-\u202e\u2066-\u2069]{0,40}[*_]{0,2}"
    r"([^\W\d_][^\n:：@<>\d]{0,40}?)[*_\s]{0,6}[:：][*_]{0,2}(?:\s+(.*)|([^/\s].*)|)\Z"
)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']{1,128}@[^\s<>()\[\],;:\"'*]{1,190}")
_QUOTE = re.compile(r"(?:\s{0,4}>)+ ?|\|[ ]")


@dataclass(slots=True)
class Block:
    """Lines `start` to `end` (exclusive) are a header block; `fields` by canonical name, text as written."""

    start: int
    end: int
    fields: dict[str, str] = field(default_factory=dict)


def find(lines: Sequence[str], limit: int = MAX_BLOCKS) -> list[Block]:
    """Every header block among the lines, from the top, at most `limit`."""
    found: list[Block] = []
    index = 0
    while index < len(lines) and len(found) < limit:
        name = _name(lines[index])
        block = _block(lines, index) if name else None
        if block:
            found.append(block)
            index = block.end
        else:
            index += 1
    return found


def unquoted(line: str) -> str:
    """The line without its quote marks."""
    match = _QUOTE.match(line)
    return line[match.end() :] if match else line


def _labelled(line: str) -> tuple[str | None, str] | None:
    """Which field a line "words: value" is, if a client is known to write it, and its value; None for other lines."""
    head = line[:90]
    match = _FIELD.match(line) if ":" in head or "：" in head else None
    if match is None or len(match.group(1).split()) > MAX_WORDS:
        return None
    return header_labels.canonical(match.group(1)), (match.group(2) or match.group(3) or "").strip()


def _name(line: str) -> str | None:
    found = _labelled(line)
    return found[0] if found else None


def _block(lines: Sequence[str], start: int) -> Block | None:
    fields: dict[str, str] = {}
    last, end, wrapped, count = "", start, 0, 0
    for index in range(start, min(start + MAX_LINES, len(lines))):
        bare = unquoted(lines[index]).strip()
        found = _labelled(lines[index])
        if not bare:
            if _goes_on(lines, index, fields):
                continue
            break
        if found and found[0]:
            fields.setdefault(found[0], found[1])
            last, end, wrapped, count = found[0], index + 1, 0, count + 1
        elif found and _another_follows(lines, index, fields):
            # A label nobody knows: whatever it names is no part of the field above.
            last, end = "other", index + 1
        elif not found and last and wrapped < 3 and _continues(lines, index, last, fields):
            if last != "from" or not _ADDRESS.search(fields[last]):
                fields[last] = f"{fields.get(last, '')} {bare}".strip()
            wrapped += 1
            end = index + 1
        else:
            break
    return Block(start, end, fields) if _convincing(fields, count) else None


def _goes_on(lines: Sequence[str], index: int, fields: dict[str, str]) -> bool:
    """Whether a block has a blank line within: some HTML puts one below each field."""
    following = _name(lines[index + 1]) if index + 1 < len(lines) else None
    return following is not None and following not in fields and "subject" not in fields


def _another_follows(lines: Sequence[str], index: int, fields: dict[str, str]) -> bool:
    """Whether a field that is still missing follows soon, with no blank line between."""
    for line in lines[index + 1 : index + 5]:
        if not unquoted(line).strip():
            return False
        if (name := _name(line)) and name not in fields:
            return True
    return False


def _continues(lines: Sequence[str], index: int, last: str, fields: dict[str, str]) -> bool:
    """Whether a line that is no header belongs to the one above: another header follows soon, or it is an address."""
    if last == "subject" and {"from", "to"} <= fields.keys():
        return False
    for following in lines[index + 1 : index + 4]:
        if _name(following):
            return True
        if not unquoted(following).strip():
            break
    return last in ("to", "cc") and bool(_ADDRESS.search(lines[index]))


def _convincing(fields: dict[str, str], count: int) -> bool:
    """A sender with an address or three fields with a subject: not somebody's travel plan ("From: Rome, To: Milan")."""
    if "from" not in fields:
        return False
    has_address = bool(_ADDRESS.search(fields["from"]))
    others = len(fields.keys() & {"date", "subject", "to"})
    return others >= 1 and count >= 2 if has_address else others >= 2 and "subject" in fields and count >= 3
