"""The attribution above a quotation ("On Monday Ann wrote:") in some forty languages.
The patterns are anchored and bounded, so the time per line is limited for any input."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.mail.quoting import writers
from chalicelib.patterns import pattern

MAX_LENGTH = 420
MAX_JOINED = 6
MAX_WORDS = 14
_COLONS = (":", "：")
_ENDS = (*_COLONS, "-")

_ADDRESS = pattern(r"[^\s<>()\"',;:]{1,128}@[^\s<>()\"',;:]{1,190}")
_DIGIT = pattern(r"\d")
_NUMBER = pattern(r"\d{1,4}")
_TIME = pattern(r"\d{1,2}[:.hH時]\d{2}|\d{1,2}\s?[ap]\.?m\b", re.I)
# The year 2026 may be written in other digits, and is 2569 in Thailand.
_YEAR = pattern(r"(?<!\d)(?:19|2[05]|[२۲٢২]\d)\d{2}(?!\d)|\d{1,2}[./]\d{1,2}[./]\d{2}(?!\d)")
_BRACKETED = pattern(r"<[^<>\s]{1,128}@[^<>\s]{1,190}>")
_ADDRESS_LAST = pattern(r"[^\s<>()\"',;:]{1,128}@[^\s<>()\"',;:]{1,190}\s?[:：]\Z")
_QUOTING = pattern(
    r"[>\s]{0,8}(?:zitat von|quoting|citando(?: a)?|citat od|citace|cytat|citation de) [^\n]{1,200}[:：]\Z", re.I
)
_NOTES = pattern(r"[^\n]{2,80}?-{2,4}\d{1,4}[./-]\d{1,2}[./-]\d{2,4},? \d{1,2}[:.]\d{2}[^\n]{0,12}?-{2,4}")

# Words before the date of an attribution: "On", "Am", "Le" …, perhaps a weekday; the day follows soon.
_INTRODUCTION = pattern(
    r"[>\s*_\"'“-]{0,12}(?:on|at|am|le|el|il giorno|il|in data|in date|op|den|d|dne|dňa|dnia|w dniu|em|no dia"
    r"|pe data de|la data de|pe|în|στις|на|в|у|vào lúc|vào"
    r"|pada|dana|u|tarihinde|el dia|dia|ao|à|på|il|von|from|quoting"
    r"|em dia)\b[ .,:]{1,3}(?:[^\W\d_]{1,12}[.,]{0,2} ){0,3}\d",
    re.I,
)
_WEEKDAY = pattern(
    r"[>\s*\"'“-]{0,8}[^\W\d_]{1,12}(?:-[^\W\d_]{1,8})?[.,]{0,2}\s(?:(?:den|the|de|le|el|il|van|d\."
    r"|[^\W\d_]{3,10})\.?\s){0,2}\d",
    re.I,
)
_DATE_FIRST = pattern(r"[>\s*\"'“-]{0,8}\d{1,4}(?:[-/.年년:]|[ap]m|\s|\. ?)", re.I)
_OLD_GMAIL = pattern(
    r"\s{0,4}\d{4}[-/]\d{1,2}[-/]\d{1,2}(?: \d{1,2}:\d{2})?(?: (?:GMT"
    r"|UTC)[+-]\d{1,2}(?::?\d{2})?(?P<zone>))? [^\d\W][^<>\n]{0,80}(?P<address><[^<>\s]+@[^<>\s]+>)?:?\Z"
)
_ZOHO = pattern(r"[>\s]{0,8}-{2,6}\s{0,3}\S.{8,300}\s{0,3}-{2,6}\s{0,3}\Z")
_CJK = pattern(r"[>\s]{0,8}(?:在\s?)?\d{4}\s?[年년/-]\s?\d{1,2}\s?[月월/-]\s?\d{1,2}\s?[日일]?.{1,200}[:：]\s{0,3}\Z")


def length(lines: Sequence[str], index: int) -> int:
    """The number of lines, from `index`, of the attribution that begins there; 0 if none does."""
    joined = ""
    for offset in range(min(MAX_JOINED, len(lines) - index)):
        line = lines[index + offset].strip()
        if not line:
            # One client breaks the line before the address and adds a blank line.
            if index + offset + 1 >= len(lines) or not lines[index + offset + 1].lstrip("> ").startswith("<"):
                return 0
            continue
        if offset and _dated_start(line) and writers.VERB_LAST.search(line[-60:]) and not _broken(lines[index], line):
            return 0
        joined = f"{joined} {line.lstrip('> ') if offset else line}".strip()
        if len(joined) > MAX_LENGTH:
            return 0
        below = index + offset + 1
        if attributes(joined) or _above_a_quotation(joined, lines, below) or _by_itself(joined, lines, below):
            return 0 if offset and _later_start(lines, index, offset) else offset + 1
    return 0


def _above_a_quotation(text: str, lines: Sequence[str], below: int) -> bool:
    """Whether quoted lines follow a text with date and time that ends in a colon; its other words don't matter. Without
    a colon it must begin with the date, end in a verb and a name, and stand right above them."""
    if not (_TIME.search(text) and _YEAR.search(text)) or len(text.split()) > 20:
        return False
    if text[-1:] in _COLONS:
        return any(line.startswith(">") for line in lines[below : below + 2])
    verb = next(writers.VERB.finditer(text), None)
    name = text[verb.end() :].split() if verb else []
    named = verb is not None and (len(name) <= 4 and all(word[0].isupper() for word in name) and writers.by_name(text))
    return named and _dated_start(text) and below < len(lines) and lines[below].startswith(">")


def _by_itself(text: str, lines: Sequence[str], below: int) -> bool:
    """Whether the text, above a blank line, is only a date, an hour, a name and an address in brackets."""
    if text[-1:] != ">" or not _DATE_FIRST.match(text) or any(map(str.strip, lines[below : below + 1])):
        return False
    in_full = _TIME.search(text) and _YEAR.search(text) and _BRACKETED.search(text[-330:])
    return bool(in_full) and not any(map(str.islower, text.split("<")[0].split()))


def attributes(text: str) -> bool:
    """Whether the text (on one line) is an attribution: somebody wrote something, with a time or an address."""
    end = text.rstrip("*_\"' ")[-1:]
    if writers.own(text):
        return False
    if _QUOTING.match(text) or _NOTES.match(text):
        return _has_address(text) or end != ":"
    verb_last = writers.VERB_LAST.search(text[-60:])
    if not verb_last and end not in _ENDS and not text[:4].isdigit():
        return False
    match = _OLD_GMAIL.match(text)
    if match and (match.group("address") or match.group("zone") is not None):
        return True
    if verb_last:
        return _with_verb_last(text, marked=end in _ENDS)
    if end == "-":
        return _is_dated(text) and bool(_ZOHO.match(text)) and bool(writers.VERB.search(text))
    return end in _COLONS and _with_colon_last(text)


def _with_verb_last(text: str, *, marked: bool) -> bool:
    """Whether a text that ends in a verb is an attribution. `marked`: a colon or hyphen follows the verb."""
    if marked:
        return _has_address(text) or (_is_dated(text) and len(_NUMBER.findall(text)) >= 2 and writers.by_name(text))
    return _has_address(text) and bool(_TIME.search(text))


def _with_colon_last(text: str) -> bool:
    """Whether a text that ends in a colon, but not in a verb, is an attribution."""
    address, timed = _has_address(text), bool(_TIME.search(text))
    if (address or timed) and (_CJK.match(text) or (_is_dated(text) and writers.by_somebody(text, address))):
        return True
    if address and timed and text.rstrip("*: ：")[-1:] in (">", ")"):
        return True
    # In any language: a client writes the address in brackets or at the end, with date and time.
    in_full = timed and bool(_YEAR.search(text))
    return in_full and bool(_BRACKETED.search(text) or (_dated_start(text) and _ADDRESS_LAST.search(text[-320:])))


def _has_address(text: str) -> bool:
    return "@" in text and bool(_ADDRESS.search(text))


def _is_dated(text: str) -> bool:
    return bool(_TIME.search(text) or _YEAR.search(text))


def introduces(line: str) -> bool:
    """Whether the line says only that somebody wrote what is quoted below it, perhaps without a time or an address:
    "On Monday Ann wrote:", "Am Montag schrieb Ann:"."""
    text = line.strip("> *_\"'")
    ends = [verb.end() for verb in writers.VERB.finditer(text[:MAX_LENGTH])]
    if text[-1:] not in _COLONS or len(text.split()) > MAX_WORDS:
        return False
    if not ends:
        return len(text) <= MAX_LENGTH and bool(writers.UNSPACED_LAST.search(text))
    after = text[ends[-1] :].strip(" :：").split()
    return len(after) <= 4 and not any(word[0].islower() for word in after)


def opens(line: str) -> bool:
    """Whether the line begins with an attribution that has an address, and goes on with the quoted text, as in texts
    that lost their line breaks."""
    head = line.strip()[:MAX_LENGTH]
    if not _BRACKETED.search(head):
        return False
    found = (head[: match.end()].strip() for match in writers.VERB_WITHIN.finditer(head))
    return any(_BRACKETED.search(text) and _dated_start(text) and attributes(text) for text in found)


def _later_start(lines: Sequence[str], index: int, last: int) -> bool:
    """Whether the attribution really begins on a later line, so that the text above is not part of it."""
    for start in range(1, last + 1):
        later = " ".join(piece.strip() for piece in lines[index + start : index + last + 1])
        if _dated_start(lines[index + start]) and not _broken(lines[index], later) and attributes(later):
            return True
    return False


def _broken(first: str, later: str) -> bool:
    """Whether a client broke the line between date and time: "On 2 Mar 2026," / "at 10:00, …"."""
    return bool(_YEAR.search(first) and not _YEAR.search(later))


def _dated_start(line: str) -> bool:
    return bool(_DATE_FIRST.match(line) or _INTRODUCTION.match(line) or _WEEKDAY.match(line))


def may_begin(line: str) -> bool:
    """Whether an attribution may begin with this line: with a date, a weekday, "On", or an address and a verb."""
    stripped = line.strip("> ") if len(line) <= MAX_LENGTH else ""
    if not stripped:
        return False
    if _DIGIT.search(line) and (stripped[0] in "在-" or _dated_start(line)):
        return True
    if stripped.endswith((":", "：", ">", "<")):
        known = "@" in line or "<" in line or writers.VERB_LAST.search(stripped[-60:])
        return bool(known or (_DIGIT.search(line) and _TIME.search(line)) or _QUOTING.match(stripped))
    if "--" in line and _NOTES.match(stripped):
        return True
    return "@" in line and bool(writers.VERB.search(line[-200:]))
