"""Kinds of text besides plain and HTML: which hold a person's words, and which only repeat another part."""

from __future__ import annotations

from chalicelib.mail.attachments.parts import Part
from chalicelib.patterns import pattern

RICH = ("text/enriched", "text/richtext")
_NOISE = ("text/x-amp-html", "text/watch-html")
# Formats for programs; a person can't read them.
_DATA = pattern(
    r"text/(?:(?:x-)?v?calendar|(?:x-)?vcard|directory|rtf|(?:x-)?csv|tab-separated-values|css|(?:x-)?javascript|ecmascript"
    r"|xml|rfc822-headers|.+\+(?:xml|json))\Z"
)


def is_words(content_type: str) -> bool:
    """Whether a body of this type is shown as text."""
    return content_type.startswith("text/") and not _DATA.match(content_type)


def said_beside(part: Part, parent: Part) -> bool:
    """Whether a plain or HTML alternative already says what this part says in a special format."""
    if part.content_type in _NOISE:
        return True
    if not part.content_type.startswith("text/") or part.content_type in ("text/plain", "text/html", "text/calendar"):
        return False
    others = {one.content_type for one in parent.walk() if one is not part}
    return part.disposition != "attachment" and not part.name and not others.isdisjoint({"text/plain", "text/html"})
