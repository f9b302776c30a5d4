"""HTML that is safe to show: it can't run scripts, load remote content or submit forms.
The mail's own pictures (cid:) stay; remote ones become links, so that the sender does not see when an agent opens a
ticket."""

from __future__ import annotations

import html as entities
import re

import nh3

from chalicelib.mail.bodies import html_depth, html_text
from chalicelib.patterns import pattern

MAX_CHARS = 200_000
"""The sanitiser takes quadratic time for some texts (runs of "&"): longer HTML is shown as text."""
_TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del",
    "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li",
    "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
})  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "title"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
    "ol": {"start", "type"},
    "font": {"color", "size"},
    "blockquote": {"type"},
    "col": {"span"},
    "colgroup": {"span"},
    "*": {"dir", "lang"},
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "textarea",
        "select",
    },
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    # A link without a scheme would be relative to the page that shows it, that is to the desk.
    url_relative="deny",
    link_rel="noopener nofollow noreferrer",
    strip_comments=True,
)
# nh3 writes attributes quoted and escaped, so a regular expression can search its output for tags.
_IMAGE = pattern(r"<img\b([^>]*)>")
_SOURCE = pattern(r'\bsrc="([^"]*)"')
_ALT = pattern(r'\balt="([^"]*)"')
# "https:desk" has a scheme, but is relative on a page with the same scheme (WHATWG URL, 4.4).
_NO_LINK = pattern(r'(<a\b[^>]*?) href="(?!(?i:https?://|mailto:|tel:))[^"]*"')


def sanitise(html: str, defects: list[str]) -> str:
    """The safe part of a mail's HTML. A removed remote picture is noted in `defects`."""
    if len(html) > MAX_CHARS:
        defects.append("HTML larger than 200 KB: shown as text")
        return f"<pre>{entities.escape(html_text.to_text(html))}</pre>"
    if html_depth.too_deep(html):
        defects.append("HTML nested too deeply: shown as text")
        return f"<pre>{entities.escape(html_depth.stripped(html))}</pre>"
    clean = _NO_LINK.sub(r"\1", _CLEANER.clean(html))
    remote = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal remote
        source = _SOURCE.search(match.group(1))
        url = source.group(1) if source else ""
        if url[:4].lower() == "cid:":
            return match.group()
        alt = _ALT.search(match.group(1))
        words = alt.group(1).strip() if alt else ""
        if not url.lower().startswith(("http://", "https://")):
            return f"[{words}]" if words else ""
        remote += 1
        if not words:
            return ""
        return f'<a href="{url}" rel="noopener nofollow noreferrer">[{words}]</a>'

    clean = _IMAGE.sub(replaced, clean)
    if remote:
        defects.append(f"{remote} remote picture{'s' if remote > 1 else ''} not loaded")
    return clean
