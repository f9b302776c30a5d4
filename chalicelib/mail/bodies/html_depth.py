"""A guard before HTML parsers: both lexbor and html5ever take quadratic time on deep nesting.
Counts open tags in one pass; HTML that is nested too deeply is read as plain text instead."""

from __future__ import annotations

import html as entities
import re
from functools import lru_cache

from chalicelib.patterns import pattern

MAX_DEPTH = 600
_TAG = pattern(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
# Elements that cannot nest in themselves, or that parsers close automatically, do not count for the depth.
_UNCOUNTED = frozenset({
    "area", "base", "body", "br", "col", "dd", "dt", "head", "hr", "html", "img", "input", "li", "link", "meta",
    "o:p", "option", "p", "tbody", "td", "th", "thead", "tr", "wbr",
})  # fmt: skip
_ANY_TAG = pattern(r"<[/!?a-zA-Z][^<>]*>")
_BREAKS = pattern(r"<(?:br|/?p|/?div|/?tr|/?li|/?h\d)\b[^<>]*>", re.I)


@lru_cache(maxsize=1)  # several readers of one mail's HTML call it in a row
def too_deep(html: str) -> bool:
    """Whether more than MAX_DEPTH elements are open at once, or so many formatting tags that repairing them is slow."""
    if html.count("<") <= MAX_DEPTH:
        return False
    depth = 0
    for match in _TAG.finditer(html):
        if match.group(2).lower() in _UNCOUNTED:
            continue
        if match.group(1):
            depth = max(depth - 1, 0)
        else:
            depth += 1
            if depth > MAX_DEPTH:
                return True
    return False


def stripped(html: str) -> str:
    """The text between the tags, extracted without a parser."""
    return entities.unescape(_ANY_TAG.sub("", _BREAKS.sub("\n", html)))
