"""The lines that an HTML element shows, each with the nodes that it consists of, so that some can be removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

MAX_NODES = 3_000
MAX_CHARS = 20_000
_BREAKING = frozenset({
    "blockquote", "center", "div", "dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "section", "table", "tbody", "tr", "ul",
})  # fmt: skip
_UNSHOWN = frozenset({"style", "script", "title", "template"})


@dataclass(slots=True)
class Line:
    """One line: its text, whether it shows a picture, its nodes, and whether it stands apart from the line above: in
    another block, or below a blank line."""

    text: str = ""
    picture: bool = False
    nodes: list[LexborNode] = field(default_factory=list)
    apart: bool = False


def find(element: LexborNode) -> list[Line] | None:
    """The lines with words or pictures; None if the element is too large to be a signature."""
    if len(element.text()) > MAX_CHARS:
        return None
    lines = [Line()]
    block = None
    for count, node in enumerate(element.traverse(include_text=True)):
        if count > MAX_NODES:
            return None
        if node.tag == "br":
            lines.append(Line())
        elif node.tag == "img" or (node.tag == "-text" and node.text(deep=False).strip()):
            around = _around(node, element)
            if around.tag in _UNSHOWN:
                continue
            if around.mem_id != block:
                lines.append(Line(apart=True))
            block = around.mem_id
            _add(lines, node, around.tag == "pre")
    return _filled(lines)


def _filled(lines: Iterable[Line]) -> list[Line]:
    """The lines that show something; what stands below an empty one stands apart."""
    found: list[Line] = []
    apart = True
    for line in lines:
        if line.text or line.picture:
            found.append(line)
            line.apart = line.apart or apart
        apart = not (line.text or line.picture)
    return found


def remove(element: LexborNode, lines: Iterable[Line], kept: Iterable[Line]) -> None:
    """Remove the nodes of the lines from the element, unless one of `kept` has them too."""
    stay = {node.mem_id for line in kept for node in line.nodes}
    gone = {node.mem_id: node for line in lines for node in line.nodes if node.mem_id not in stay}
    for node in gone.values():
        node.decompose()
    for link in reversed(element.css("a")):
        if not link.text().strip() and link.css_first("img") is None:
            link.decompose()


def _around(node: LexborNode, element: LexborNode) -> LexborNode:
    """The element that puts the node on lines of its own."""
    around = node.parent or element
    while around.mem_id != element.mem_id and around.tag not in _BREAKING | _UNSHOWN and around.parent is not None:
        around = around.parent
    return around


def _add(lines: list[Line], node: LexborNode, preformatted: bool) -> None:
    if node.tag == "img":
        lines[-1].picture = True
        lines[-1].nodes.append(node)
        return
    text = node.text(deep=False)
    first, *more = text.split("\n") if preformatted else [" ".join(text.split())]
    lines[-1].text = f"{lines[-1].text} {first}".strip()
    lines[-1].nodes.append(node)
    lines.extend(Line(one.strip(), nodes=[node]) for one in more)
