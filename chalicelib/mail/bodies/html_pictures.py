"""Sets the URLs of a mail's own pictures in its sanitised HTML; html_safe has removed all other pictures."""

import html as entities
import re
from collections.abc import Mapping
from urllib.parse import unquote

from chalicelib.patterns import pattern

# nh3 writes attributes quoted and escaped, so a regular expression can search its output for tags.
_IMAGE = pattern(r"<img\b[^>]*>")
_SOURCE = pattern(r'\bsrc="(?i:cid):([^"]*)"')
_ALT = pattern(r'\balt="([^"]*)"')


def placed(safe_html: str, places: Mapping[str, str]) -> str:
    """The HTML with each picture's `src` set to its URL in `places` (by content id). A picture without a URL becomes
    its alternative text."""

    def put(match: re.Match[str]) -> str:
        source = _SOURCE.search(match[0])
        place = places.get(unquote(entities.unescape(source[1]))) if source else None
        if source is None or place is None:
            alt = _ALT.search(match[0])
            return f"[{alt[1]}]" if alt and alt[1].strip() else ""
        return match[0].replace(source[0], f'src="{entities.escape(place)}" loading="lazy"', 1)

    return _IMAGE.sub(put, safe_html)
