"""Kinds of text besides plain and HTML: which hold a person's words, and which only repeat another part."""

from __future__ import annotations

from chalicelib.mail.attachments.parts import Part
from chalicelib.patterns import pattern

RICH = ("text/enriched", "text/richtext")
_NOISE = ("text/x-amp-html", "text/watch-html")
HTML = ("text/html", "application/xhtml+xml", *_NOISE)
# Formats for programs; a person can't read them.
_DATA = pattern(
    r"text/(?:(?:x-)?v?calendar|(?:x-)?vcard|directory|rtf|(?:x-)?csv|tab-separated-values|css|(?:x-)?javascript|ecmascript"
    r"|xml|rfc822-headers|.+\+(?:xml|json))\Z"
)


def is_words(content_type: str) -> bool:
    """Whether a body of this type is shown as text."""
    return content_type in HTML or (content_type.startswith("text/") and not _DATA.match(content_type))


def said_beside(part: Part, parent: Part) -> bool:
    """Whether a plain or HTML alternative, which is not blank, already says what this part says in a special format."""
    kind = part.content_type
    if (not kind.startswith("text/") and kind not in HTML) or kind in ("text/plain", "text/html", "text/calendar"):
        return False
    if kind not in _NOISE and (part.disposition == "attachment" or part.name):
        return False
    wanted = ("text/html",) if kind in HTML else ("text/plain", "text/html")
    others = (one for one in parent.walk() if one is not part and one.content_type in wanted)
    return any(one.content([]).strip() for one in others)
