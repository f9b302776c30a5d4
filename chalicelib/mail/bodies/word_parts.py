"""Which parts of a mail are its words, by their type, label and place (RFC 8621, section 4.1.4)."""

from __future__ import annotations

from chalicelib.mail.attachments import text_kinds
from chalicelib.mail.attachments.parts import Part


def has_shown(root: Part) -> bool:
    """Whether a mail has words that are not labelled as an attachment."""
    return any(part.disposition != "attachment" and _is_text(part) for part in root.walk())


def is_words(part: Part, parent: Part | None, index: int, *, shown: bool) -> bool:
    """Whether a part, the child of `parent` with this index, is words and no file. `shown`: see `has_shown`."""
    if not _is_text(part) or _is_file(part, shown):
        return False
    if part.name and part.content_type == "application/xhtml+xml":
        return False
    if parent is None or (parent.content_type in ("multipart/alternative", "multipart/report") and not part.name):
        return True
    if parent.content_type == "multipart/related":
        return part is _root(parent)
    return index == 0 or not part.name


def has_plain(part: Part, *, shown: bool) -> bool:
    """Whether a plain text that is no file is in a part."""
    return any(
        one.content_type == "text/plain" and not one.children and not _is_file(one, shown) for one in part.walk()
    )


def _is_text(part: Part) -> bool:
    return not part.children and text_kinds.is_words(part.content_type)


def _is_file(part: Part, shown: bool) -> bool:
    """Whether a part's label says that it is a file. Some programs label a mail's only words so, without a name."""
    return part.disposition == "attachment" and (shown or bool(part.name))


def _root(related: Part) -> Part:
    """The part that the others of a multipart/related belong to (RFC 2387): the one that `start` names, else the first.
    If that is no text, the first that is one without a name."""
    start = related.parameters.get("start", "").strip("<> ")
    named = (one for one in related.children if start and one.headers.get("content-id").strip("<> ") == start)
    root = next(named, related.children[0])
    if root.children or _is_text(root):
        return root
    return next((one for one in related.children if one.children or (_is_text(one) and not one.name)), root)
