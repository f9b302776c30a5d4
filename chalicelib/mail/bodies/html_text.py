"""HTML as text: paragraphs, lists, table cells, links with their address, quotes with ">".
With `marks`, a MARK line shows the quoting rules where a mail client began its history."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from chalicelib.mail.bodies import html_depth
from chalicelib.mail.bodies.html_writer import MARK, Writer
from chalicelib.patterns import pattern

MAX_CHARS = 1_000_000
MAX_NODES = 200_000

_CHARSET = pattern(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
_SKIPPED = frozenset({
    "-comment", "head", "iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template",
    "textarea", "title",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre",
    "section", "table", "tbody", "thead", "tr", "ul",
})  # fmt: skip
_SPACED = frozenset({
    "blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul",
})  # fmt: skip
MAX_INDENTS = 50
_LINE = pattern(r"border[a-z-]{0,12}\s*:[^;]{0,80}(?:solid|dashed|dotted|double|groove|ridge|inset|outset)", re.I)
_SHOWING = frozenset({"img", "object", "embed", "video", "audio"})
_HIDDEN = pattern(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.I)


def declared_charset(content: bytes) -> str | None:
    """The charset that an HTML document declares in its head."""
    match = _CHARSET.search(content[:4096])
    return match.group(1).decode("ascii") if match else None


def to_text(html: str, marks: frozenset[int] = frozenset()) -> str:
    """The document's text. `marks`: the `mem_id`s of nodes that get a MARK line before them."""
    html = html[:MAX_CHARS]
    if html_depth.too_deep(html):
        return html_depth.stripped(html)
    return render(LexborHTMLParser(html), marks)


def render(
    parser: LexborHTMLParser, marks: frozenset[int] = frozenset(), pictures: Mapping[str, str] | None = None
) -> str:
    """The text of a parsed document. `pictures` maps the content id of each of the mail's pictures to the text that
    stands for it; if given, pictures' alternative texts are left out."""
    writer = Writer()
    root = parser.body or parser.root
    if root is not None:
        _walk(root, writer, marks, pictures)
    return writer.text()


def indents(document: LexborHTMLParser) -> bool:
    """Whether a blockquote is used as an indent. A plain alternative then shows this block as quoted."""
    return any(map(_indents, document.css("blockquote[style]")[:MAX_INDENTS]))


def _indents(node: LexborNode) -> bool:
    """Whether a blockquote is only an indent, as editors make it: a margin without a line at its side."""
    attributes = node.attributes
    if attributes.get("type") or attributes.get("cite"):
        return False
    called = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
    if "indent" not in called and ("quote" in called or "cite" in called):
        return False
    style = attributes.get("style") or ""
    return "margin" in style.lower() and not _LINE.search(style)


def _walk(root: LexborNode, writer: Writer, marks: frozenset[int], pictures: Mapping[str, str] | None) -> None:
    node: LexborNode | None = root
    for _ in range(MAX_NODES):
        if node is None:
            return
        child = _enter(node, writer, marks, pictures)
        if child is not None:
            node = child
            continue
        while node is not None:
            if node.mem_id == root.mem_id:
                return
            _leave(node, writer)
            following = node.next
            if following is not None:
                node = following
                break
            node = node.parent
            if node is not None and node.mem_id == root.mem_id:
                return


def _enter(
    node: LexborNode, writer: Writer, marks: frozenset[int], pictures: Mapping[str, str] | None
) -> LexborNode | None:
    """Write what comes before a node's content; return its first child if the walk goes on there."""
    tag = node.tag or ""
    if tag == "-text":
        writer.words(node.text_content or "")
        return None
    if pictures and tag in _SHOWING:
        writer.words(_picture(node, pictures))
    if tag in _SKIPPED:
        return None
    if marks and node.mem_id in marks:
        writer.line(MARK)
    if tag == "br":
        writer.break_line()
    elif tag == "hr":
        writer.block(False)
    elif tag == "img":
        writer.words(_instead(node, pictures is None))
    elif tag in ("td", "th"):
        writer.words(" ")
    elif tag == "a":
        writer.open_link()
    elif _HIDDEN.search(node.attributes.get("style") or ""):
        return None
    elif tag in _BLOCKS:
        _open_block(node, tag, writer)
    return node.first_child


def _open_block(node: LexborNode, tag: str, writer: Writer) -> None:
    writer.block(tag in _SPACED)
    if tag == "li":
        writer.words("- ")
    elif tag == "blockquote" and not _indents(node):
        writer.depth += 1
    elif tag == "pre":
        writer.preformatted += 1


def _picture(node: LexborNode, pictures: Mapping[str, str]) -> str:
    """The text that stands for the mail's own file which an element shows; "" if it shows none."""
    source = (node.attributes.get("src") or node.attributes.get("data") or "").strip()
    return pictures.get(unquote(source[4:]), "") if source[:4].lower() == "cid:" else ""


def _instead(node: LexborNode, words: bool) -> str:
    """The text instead of a picture: its alternative text in brackets (if `words`), or the sign it draws (an emoji)."""
    alt = (node.attributes.get("alt") or "").strip()
    if alt and not alt.isascii() and not any(map(str.isalnum, alt)):
        return alt[:20]
    return f"[{alt}]" if alt and words else ""


def _leave(node: LexborNode, writer: Writer) -> None:
    tag = node.tag or ""
    if tag == "a":
        writer.close_link(node.attributes.get("href") or "")
    elif tag in _BLOCKS and tag != "hr":
        if tag == "blockquote" and writer.depth and not _indents(node):
            writer.block(True)
            writer.depth -= 1
        elif tag == "pre" and writer.preformatted:
            writer.preformatted -= 1
        writer.block(tag in _SPACED)
