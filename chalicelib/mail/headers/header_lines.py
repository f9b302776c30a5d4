"""Lines among the headers that are not headers: continuations without indentation, literal "\\t", words that a gateway
added.
Decides whether they are among the headers, or begin the text because the empty line is missing."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

Field = tuple[str, list[bytes]]

_ONCE = (
    rb"from|to|cc|bcc|subject|date|message-id|reply-to|sender|references|in-reply-to|mime-version"
    rb"|content-(?:type|transfer-encoding|disposition|id|language|description)"
)
_OFTEN = rb"received|return-path|delivered-to|dkim-signature|authentication-results|list-[a-z-]{1,30}|arc-[a-z-]{1,40}"
_KNOWN = pattern(rb"^(" + _ONCE + rb"|(" + _OFTEN + rb"|x-[a-z0-9-]{1,60}))[ \t]*:", re.I | re.M)
_LABELLED = pattern(rb"[^\s:<@\"][^:<@\"]{0,60}:(?:\s|\Z)")
_ADDRESSED = ("from", "to", "cc", "bcc", "reply-to", "sender", "references", "in-reply-to", "message-id")
_TRACE = pattern(rb"\\t|(?:by|from|with|id|for|via)\b|\(|[A-Z][a-z]{2}, {1,2}\d")
_PARAMETER = pattern(rb"(?:\\t)?[a-z][a-z0-9_*-]{0,30}\s?=", re.I)


def known(raw: bytes, start: int, stop: int) -> dict[str, int]:
    """The last position of each known field. All fields that may occur often share the key ""."""
    found = _KNOWN.finditer(raw, start, stop)
    return {"" if match.group(2) else match.group(1).decode("ascii").lower(): match.start() for match in found}


def within(at: int, line: bytes, values: list[Field], seen: set[str], fields: dict[str, int]) -> bool:
    """Whether a non-header line is still among the headers: a field that is missing so far, or may repeat, follows."""
    fresh = sum(place > at and name not in seen for name, place in fields.items())
    return fresh > 0 or _unfinished(values[-1], line) if values else fresh > 1


def continues(above: Field, line: bytes) -> bool:
    """Whether the line continues the field above it. A line "Words: value" never continues a complete address field."""
    name, lines = above
    if name not in _ADDRESSED:
        return True
    value = b" ".join(lines).rstrip()
    whole = b"@" in value and value.count(b"<") <= value.count(b">") and not value.endswith((b",", b"@"))
    return not whole and not _LABELLED.match(line)


def _unfinished(above: Field, line: bytes) -> bool:
    """Whether the last field is incomplete and this line can only be its end."""
    name, lines = above
    value = b" ".join(lines).rstrip()
    if name == "subject":
        return value.count(b"=?") > value.count(b"?=") and b"?=" in line
    if value.count(b"<") > value.count(b">") and b">" in line:
        return True
    if name in _ADDRESSED:
        return (value.endswith(b",") or line.startswith(b"<")) and b"@" in line
    if name in ("received", "authentication-results", "arc-authentication-results"):
        return bool(_TRACE.match(line))
    return (value.endswith((b";", b"=")) or not value) and bool(_PARAMETER.match(line))
