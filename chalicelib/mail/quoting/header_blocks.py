"""The header block that a mail client writes above a forwarded or answered mail ("From: … Sent: … Subject: …"), in some
forty languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.mail.bodies.html_writer import MARK
from chalicelib.mail.headers import address_words
from chalicelib.mail.quoting import header_labels, separators
from chalicelib.mail.quoting.header_labels import Label
from chalicelib.mail.signatures import signatures
from chalicelib.patterns import pattern

MAX_LINES = 30
MAX_BLOCKS = 20
MAX_TRIES = 1_000
MAX_VALUE = 1_000
_QUOTE = pattern(r"(?:\s{0,4}>)+ ?|\|[ ]")
_HOUR = pattern(
    r"(?<![\d.])\d{1,2}\s?(?:[:h時时点시]\s?\d{2}|[ap]\.?m\b|uhr\b)|\d{4}\D{1,12}\d{1,2}\.[0-5]\d(?![./\d])", re.I
)
_IN_BRACKETS = pattern(r"[<\[(]\s?(?:mailto:)?[^<>()\[\]\s@]{1,128}@[^<>()\[\]\s@]{1,190}\s?[>\])]", re.I)
# What clients may write first. A person's line of another kind right above a block is no part of it.
_FIRST = frozenset({"from", "date", "to", "subject", "original"})
# Beside a sender's bare address, a person writes two of them at the most.
_OTHERS = frozenset({"date", "to", "cc", "subject", "reply-to"})


@dataclass(slots=True)
class Block:
    """Lines `start` to `end` (exclusive) are a header block. `fields`: texts as written, by canonical name."""

    start: int
    end: int
    fields: dict[str, str] = field(default_factory=dict)
    sure: bool = True
    """It has what clients write and people leave out: the hour, the sender's address in brackets, or such an address
    and three more fields of a mail."""


def find(lines: Sequence[str], limit: int = MAX_BLOCKS) -> list[Block]:
    """The header blocks among the lines, from the top, at most `limit`."""
    labels = [header_labels.labelled(line) for line in lines]
    _label_below_separators(lines, labels)
    found: list[Block] = []
    index = tries = 0
    while index < len(lines) and len(found) < limit and tries < MAX_TRIES:
        label = labels[index]
        tries += bool(label and label[0])
        block = _block(lines, labels, index) if label and label[0] else None
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


def _label_below_separators(lines: Sequence[str], labels: list[Label]) -> None:
    """Below a separator a field needs no colon ("From "Ann" <ann@…>"), as one client writes it."""
    for index in range(len(lines) - 1):
        at = index + 1
        if separators.separator(lines[index]):
            while at < len(lines) and at < index + 3 and not unquoted(lines[at]).strip():
                at += 1
            while at < len(lines) and (label := labels[at] or header_labels.leading(unquoted(lines[at]).strip())):
                labels[at] = label
                at += 1


def _block(lines: Sequence[str], labels: Sequence[Label], start: int) -> Block | None:
    fields: dict[str, str] = {}
    last, end, wrapped, count, blanks = "", start, 0, 0, 0
    for index in range(start, min(start + MAX_LINES, len(lines))):
        bare, label = unquoted(lines[index]).strip(), labels[index]
        if not bare:
            if _goes_on(labels, index, fields, count - blanks):
                blanks += 1
                continue
            break
        if _boundary(lines[index]) or _quoted(lines[index]) > _quoted(lines[start]):
            break
        if label and label[0]:
            if _begins_anew(lines, labels, index, fields):
                return None
            fields.setdefault(label[0], label[1])
            last, end, wrapped, count = label[0], index + 1, 0, count + 1
        elif label and _another_follows(lines, labels, index, fields):
            # An unknown label: its value does not belong to the field above.
            last, end = "other", index + 1
        elif not label and last and wrapped < 3 and _continues(lines, labels, index, last, fields):
            if last != "from" or not _has_address(fields[last]):
                fields[last] = f"{fields.get(last, '')} {bare}".strip()
            wrapped += 1
            end = index + 1
        else:
            break
    if not _convincing(fields, count):
        return None
    return Block(start, end, fields, _sure(lines[start:end], labels[start : end + 1], fields))


def _boundary(line: str) -> bool:
    """Whether a client's history begins at this line: no block reaches across it."""
    return line == MARK or signatures.ruler(line) or separators.separator(line)


def _quoted(line: str) -> bool:
    return line.lstrip()[:1] == ">"


def _begins_anew(lines: Sequence[str], labels: Sequence[Label], index: int, fields: dict[str, str]) -> bool:
    """Whether a client's block begins at this sender, so that the fields above are a person's: one of them comes again
    in the block, or a blank line is between them and the block has none."""
    label = labels[index]
    if not fields or "from" in fields or label is None or label[0] != "from" or not _has_address(label[1]):
        return False
    names: set[str | None] = set()
    apart, joined = not unquoted(lines[index - 1]).strip(), False
    for at in range(index + 1, min(index + MAX_LINES, len(lines))):
        following, blank = labels[at], not unquoted(lines[at]).strip()
        if following:
            names.add(following[0])
            joined = joined or at == index + 1
        if _boundary(lines[at]) or (following and following[0] == "from") or (blank and joined):
            break
        if not following and not blank and not unquoted(lines[at - 1]).strip():
            break
    return bool(names & fields.keys()) or (apart and joined)


def _goes_on(labels: Sequence[Label], index: int, fields: dict[str, str], unspaced: int) -> bool:
    """Whether the block goes on after this blank line: some HTML has one below each field. `unspaced`: how many fields
    have none."""
    following = labels[index + 1] if index + 1 < len(labels) else None
    first = next(iter(fields), None)
    if following is None or following[0] in (None, *fields) or "subject" in fields:
        return False
    return unspaced <= 1 and first in _FIRST


def _another_follows(lines: Sequence[str], labels: Sequence[Label], index: int, fields: dict[str, str]) -> bool:
    """Whether a field that is missing so far follows within four lines, before a blank line."""
    for at in range(index + 1, min(index + 5, len(lines))):
        if not unquoted(lines[at]).strip() or _boundary(lines[at]):
            return False
        label = labels[at]
        if label and label[0] not in (None, *fields):
            return True
    return False


def _continues(lines: Sequence[str], labels: Sequence[Label], index: int, last: str, fields: dict[str, str]) -> bool:
    """Whether a non-header line continues the field above: another header follows soon, or the line has an address."""
    if last == "subject" and {"from", "to"} <= fields.keys():
        return False
    if last == "date" and _HOUR.search(fields[last]) and any(map(str.islower, lines[index].split())):
        return False
    for at in range(index + 1, min(index + 4, len(lines))):
        label = labels[at]
        if label and label[0]:
            return True
        if not unquoted(lines[at]).strip() or _boundary(lines[at]):
            break
    return last in ("to", "cc") and _has_address(lines[index])


def _has_address(text: str) -> bool:
    return address_words.find(text[:MAX_VALUE]) is not None


def _convincing(fields: dict[str, str], count: int) -> bool:
    """Whether the fields are a header block: a sender with an address and another field, or three fields with a
    subject. A travel plan ("From: Rome, To: Milan") is not."""
    if "from" not in fields:
        return False
    has_address = _has_address(fields["from"])
    others = len(fields.keys() & {"date", "subject", "to"})
    return others >= 1 and count >= 2 if has_address else others >= 2 and "subject" in fields and count >= 3


def _sure(lines: Sequence[str], labels: Sequence[Label], fields: dict[str, str]) -> bool:
    """Whether a block is a client's though nothing above it says so. `labels`: the line's below it too. A field of
    another kind ("Amount: 30 EUR") speaks for a person's list, unless the block has the hour; so does a table without
    an address."""
    dates = [fields["date"]] if "date" in fields else lines
    row = unquoted(lines[0]) != lines[0] and "|" in lines[0]
    if not row and any(_HOUR.search(text[:MAX_VALUE]) for text in dates):
        return True
    if not all(label is None or label[0] for label in labels):
        return False
    whole = len(fields.keys() & _OTHERS) >= 3 and _has_address(fields["from"])
    return whole or bool(_IN_BRACKETS.search(fields["from"][:MAX_VALUE]))
