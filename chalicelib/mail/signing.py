"""Signs an agent's answer once, or removes the agent's own signature where the mail already signs.

An answer ends with the agent's first name and the shop's name; what is missing is added. In a mail that has its own
signature, the agent's is removed. Only the end of a text is examined, and text that is surely no signature stays
(decision 110).
"""

import re
from dataclasses import dataclass

from chalicelib.mail.signatures.closings import CLOSING
from chalicelib.patterns import pattern

_LINES = 8
_LONGEST = 60
_CLOSES = pattern(
    rf"(?:{CLOSING.pattern}|(?:schöne|sonnige|nette|warme|viele liebe|mit (?:besten|herzlichen|lieben)) grüße?n?"
    r"|(?:with )?(?:best|warm|kind)(?:est)? wishes|(?:all )?(?:the )?(?:very )?best|many thanks|take care|yours"
    r"|danke(?:schön)?|vielen dank|herzlichst|ihre?|bis bald|[lv]g)"
    r"(?: (?:from|aus|von|vom) [^.!?,]{1,30})?",
    re.IGNORECASE,
)
_THANKS = pattern(r"(?:many )?thanks|thank you|danke(?:schön)?|vielen dank|cheers|best", re.IGNORECASE)
_AFTERWORD = pattern(r"^[ \t]*p\.? ?s\.?\b[:. ]", re.IGNORECASE | re.MULTILINE)
_ORNAMENT = " \t,;.!*_~–—-"
_CARE = r"(?:customer (?:care|service|support)|support|kunden(?:dienst|service|betreuung)|team)"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who writes, and for which shop. Customers read the first name; the text may end with the full name."""

    first: str
    name: str
    shop: str


@dataclass(slots=True)
class _End:
    """The signature found at the end of a text: its number of lines and what these contain."""

    lines: int = 0
    closing: bool = False
    """A farewell. Words of thanks don't count: they may be the whole message."""
    name: bool = False
    shop: bool = False
    other: bool = False


def signed(text: str, by: Signer) -> str:
    """The answer with one signature, before a postscript if there is one."""
    head, afterword = _parted(text)
    end = _end(head, by)
    wanted = [] if end.name or by.first == by.shop else [by.first]
    wanted += [] if end.shop else [by.shop]
    wanted = [] if end.other else wanted  # already signed with more than a name
    missing = "\n".join(line for line in wanted if line)
    whole = head + ("\n" if end.lines else "\n\n") + missing if missing and head else head or missing
    return f"{whole}\n\n{afterword}" if afterword else whole


def unsigned(text: str, by: Signer) -> str:
    """The words for a mail that has its own greeting and signature."""
    head, afterword = _parted(text)
    end = _end(head, by)
    lines = head.splitlines()
    if end.other or not (end.closing or end.name or end.shop) or end.lines >= len(lines):
        return text
    kept = "\n".join(lines[: -end.lines]).rstrip()
    return f"{kept}\n\n{afterword}" if afterword else kept


def _parted(text: str) -> tuple[str, str]:
    text = text.replace("\r\n", "\n").strip("\n").rstrip()
    found = [match for match in _AFTERWORD.finditer(text) if match.start()]
    return (text[: found[0].start()].rstrip(), text[found[0].start() :]) if found else (text, "")


def _end(text: str, by: Signer) -> _End:
    """The longest end of the text that is only a signature: with a closing, or only names."""
    lines, read, found, above = text.splitlines(), _End(), _End(), False
    for count, line in enumerate(reversed(lines[-_LINES:]), 1):
        stripped = line.strip(_ORNAMENT)
        if not stripped:
            continue
        if above and not _CLOSES.fullmatch(stripped):
            break
        read.lines = count
        if _reads(stripped, by, read):
            found = _End(count, read.closing, read.name, read.shop, read.other)
        elif _ends_a_sentence(line) or len(line) > _LONGEST:
            break
        else:
            read.other = True  # a telephone number or another name: part of a signature only below a closing
        above = above or bool(_CLOSES.match(stripped))
    if found.other and not above:
        return _End()
    return found


def _reads(line: str, by: Signer, end: _End) -> bool:
    """Record in `end` what the line contains; return whether a signature may begin with it."""
    closing = _CLOSES.match(line)
    rest = line[closing.end() :].strip(_ORNAMENT) if closing else ""
    if closing and (not rest or _reads(rest, by, end)):
        end.closing = end.closing or not _THANKS.fullmatch(closing[0])
    elif _is_name(line, by):
        end.name, end.shop = True, end.shop or by.shop.casefold() in line.casefold()
    elif _is_shop(line, by):
        end.shop, end.name = True, end.name or bool(re.search(r"\bteam\b", line, re.IGNORECASE))
    else:
        return False
    return True


def _is_name(line: str, by: Signer) -> bool:
    """Whether this is the agent's name: first or full, perhaps with an addition ("Ada Lindqvist, Customer care")."""
    if not by.first or by.first == by.shop:
        return False
    more = "".join(rf"(?: (?:{re.escape(word)}|{re.escape(word[0])}\.?))?" for word in by.name.split()[1:])
    added = rf"(?:\s*[,(|·/–-]\s*.{{1,40}}|\s+(?:from|at|for|von|vom|bei|für)\s+.{{1,40}}|\s+{_CARE})?"
    return bool(re.fullmatch(rf"(?:(?:your|ihre?|i\. ?a\.) )?{re.escape(by.first)}{more}{added}", line, re.IGNORECASE))


def _is_shop(line: str, by: Signer) -> bool:
    """Whether this is the shop's name, or its first word beside "team"."""
    brand = re.escape(by.shop.split()[0]) if by.shop else ""
    before = r"(?:(?:your|the|ihre?|das|dein|euer|from|von|vom|team|(?:das |your |ihr )?team (?:von|of|at)) )*"
    named = rf"{before}{re.escape(by.shop)}(?:[ -]{_CARE})?|(?:your |the |ihr |das )?{_CARE} {brand}"
    return bool(by.shop and re.fullmatch(rf"{named}|{before}{brand}[ -]{_CARE}", line, re.IGNORECASE))


def _ends_a_sentence(line: str) -> bool:
    return line.rstrip().endswith((".", "!", "?", ":"))
