"""Kinds of text besides plain and HTML: which are words a person wrote, and which say the same once more."""

from __future__ import annotations

import re

from chalicelib.mail.attachments.parts import Part

RICH = ("text/enriched", "text/richtext")
_NOISE = ("text/x-amp-html", "text/watch-html")
# Written for programs: shown as words they would say nothing.
_DATA = re.compile(
    r"text/(?:(?:x-)?v?calendar|(?:x-)?vcard|directory|rtf|(?:x-)?csv|tab-separated-values|css|(?:x-)?javascript|ecmascript"
    r"|xml|rfc822-headers|.+\+(?:xml|json))\Z"
)


def is_words(content_type: str) -> bool:
    """Whether a body of this kind is read as words."""
    return content_type.startswith("text/") and not _DATA.match(content_type)


def said_beside(part: Part, parent: Part) -> bool:
    """Whether an alternative says in plain text or HTML what this part says in a form of its own."""
    if part.content_type in _NOISE:
        return True
    if not part.content_type.startswith("text/") or part.content_type in ("text/plain", "text/html", "text/calendar"):
        return False
    others = {one.content_type for one in parent.walk() if one is not part}
    return part.disposition != "attachment" and not part.name and not others.isdisjoint({"text/plain", "text/html"})
