"""Reads the lines above a forwarded message: the client's marker, or the attribution that stands there instead of a
header block. Also tells whether an answer only quotes such lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.mail.headers import address_words, addresses
from chalicelib.mail.inbound import Address
from chalicelib.mail.quoting import attributions, separators
from chalicelib.mail.quoting.header_blocks import Block
from chalicelib.mail.signatures import signatures
from chalicelib.patterns import pattern

MAX_TRIES = 50
_WHOLE = frozenset({"from", "date", "to", "subject"})
_FRAMED = pattern(r"[>\s*]{0,12}[-_=]{2,40}[\s*]{0,4}\S[^\n]{1,80}?[\s*]{0,4}[-_=]{2,40}[\s*]{0,4}\Z")
_END = pattern(
    r"[>\s]{0,12}[-_=]{2,40}\s{0,4}(?:end|ende|fin|fine|fim|einde|slut|slutt|koniec|konec|vége|sfârșit|kraj|конец|кінець|край"
    r"|son)\s[^\n]{3,80}[-_=]{2,40}\s{0,4}\Z",
    re.I,
)
_QUOTES = pattern(r"(?:\s{0,3}>)*")
_NAMED = pattern(r"[\"“”„«‘']\s?([^\"“”„«»’'<>]{1,100}?)\s?[\"“”»’'][^<>\"“”„]{0,20}\Z")
_AFTER_HOUR = pattern(r"[,;:\d]")
_DATED = pattern(r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}|\d{1,2}[.:]\d{2}|\d{4}")
_BRACKETED = pattern(r"<[^<>\s]{1,128}@[^<>\s]{1,190}>")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines `start` to `end` (exclusive) say who wrote the text below, and when. `sender` is None if they name no
    address."""

    start: int
    end: int
    sender: Address | None
    text: str


def top(lines: list[str], start: int) -> tuple[int, bool]:
    """(first line that the client put above a header block, whether one of these lines says "forwarded")."""
    marked = False
    at = start
    while at and (
        not lines[at - 1].strip("> \t")
        or separators.forward_marker(lines[at - 1])
        or separators.separator(lines[at - 1])
        or signatures.ruler(lines[at - 1])
        or _FRAMED.match(lines[at - 1])
    ):
        at -= 1
        marked = marked or separators.forward_marker(lines[at])
    return at, marked


def of_a_person(lines: list[str], block: Block) -> bool:
    """Whether a person may have written the fields: no sign of a client is in them or above them, and no address. A
    client's block without an address has all the fields of a mail, and no attribution with an address is below it."""
    framed = any(line.strip("> \t") for line in lines[top(lines, block.start)[0] : block.start])
    if block.sure or framed or address_words.find(block.fields["from"]):
        return False
    if not block.fields.keys() >= _WHOLE:
        return True
    below = attribution(lines[block.end :], len(lines) - block.end, True)
    return below is not None and below.sender is not None


def without_markers(lines: list[str]) -> list[str]:
    """The lines below a block without the markers that some clients put right below the block and at the end."""
    kept = list(lines)
    while kept and (not kept[0].strip("> \t") or separators.forward_marker(kept[0])):
        del kept[0]
    while kept and (not kept[-1].strip("> \t") or _END.match(kept[-1])):
        del kept[-1]
    return kept


def introduces(lines: list[str], found: Attribution, top_at: int, sender: str) -> bool:
    """Whether the attribution and the header block below `top_at` stand above the same message: nothing is between
    them, and both name the block's `sender`. Some clients write both."""
    if any(line.strip("> \t") for line in lines[found.end : top_at]):
        return False
    span = address_words.find(sender)
    if span and found.sender:
        return addresses.bare(sender[slice(*span)]).lower() == found.sender.address.lower()
    name = (sender[: span[0]] if span else sender).strip(" <([*\"'\t").casefold()
    return len(name) > 1 and name in found.text.casefold()


def holds(lines: list[str], found: Attribution, block_at: int) -> bool:
    """Whether the header block certainly belongs to the message below the attribution: it is quoted deeper, or a
    client's marker stands above the attribution."""
    return depth(lines[block_at]) > depth(lines[found.start]) or _below_marker(lines, found.start)


def attribution(lines: list[str], limit: int, says_forwarded: bool) -> Attribution | None:
    """The first attribution above line `limit` that has words below it. Unless `says_forwarded` (the subject does), it
    must stand right below a client's marker."""
    tries = 0
    for index, line in enumerate(lines[:limit]):
        if not (says_forwarded or _below_marker(lines, index)):
            continue
        if not attributions.may_begin(line) and not _BRACKETED.search(line):
            continue
        tries += 1
        if tries > MAX_TRIES:
            return None
        length = attributions.length(lines, index) or _length(line) or int(separators.in_arrows(line))
        if length and any(one.strip("> \t") for one in lines[index + length : index + length + 20]):
            return _attribution(" ".join(lines[index : index + length]), index, index + length)
    return None


def _below_marker(lines: list[str], index: int) -> bool:
    above = next((line for line in reversed(lines[max(index - 3, 0) : index]) if line.strip("> \t")), "")
    return separators.forward_marker(above)


def _length(line: str) -> int:
    """1 for an attribution in an unlisted language: a date, an address in brackets, a colon at the end. Else 0."""
    text = line.strip("> \t*")
    long = len(text) > attributions.MAX_LENGTH or not text.endswith((":", "："))
    return 0 if long else int(bool(_BRACKETED.search(text) and _DATED.search(text)))


def _attribution(text: str, start: int, end: int) -> Attribution:
    span = address_words.find(text)
    if span is None:
        return Attribution(start, end, None, text)
    return Attribution(
        start, end, Address(_name(text[: span[0]].rstrip(" <(")), addresses.bare(text[slice(*span)])), text
    )


def _name(before: str) -> str:
    """The name between time and address: what is in quotation marks, or else without the words that a language puts
    before it."""
    quoted = _NAMED.search(before)
    if quoted:
        return quoted.group(1).strip()
    words = _AFTER_HOUR.split(before)[-1].lstrip("> ").split()
    while words and (words[0].islower() or words[0].lower() in ("uhr", "am", "pm")):
        del words[0]
    return " ".join(words[:6])


def depth(line: str) -> int:
    """The number of quote marks before the line."""
    match = _QUOTES.match(line)
    return match.group().count(">") if match else 0
