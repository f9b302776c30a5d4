"""Gives the pictures that a mail brought with it a place to be fetched from; html_safe has left no others."""

import html as entities
import re
from collections.abc import Mapping
from urllib.parse import unquote

# What nh3 wrote: attributes quoted and escaped, so that it may be searched for tags.
_IMAGE = re.compile(r"<img\b[^>]*>")
_SOURCE = re.compile(r'\bsrc="(?i:cid):([^"]*)"')
_ALT = re.compile(r'\balt="([^"]*)"')


def placed(safe_html: str, places: Mapping[str, str]) -> str:
    """The HTML with each picture of the mail loaded from its place, by content id; one without a place is left out but
    for its words."""

    def put(match: re.Match[str]) -> str:
        source = _SOURCE.search(match[0])
        place = places.get(unquote(entities.unescape(source[1]))) if source else None
        if source is None or place is None:
            alt = _ALT.search(match[0])
            return f"[{alt[1]}]" if alt and alt[1].strip() else ""
        return match[0].replace(source[0], f'src="{entities.escape(place)}" loading="lazy"', 1)

    return _IMAGE.sub(put, safe_html)
