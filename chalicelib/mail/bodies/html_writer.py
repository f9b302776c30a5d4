"""Collects the lines of HTML that becomes text: white space, quote depth, links.
White space collapses as in a browser; there is at most one blank line at a time."""

from __future__ import annotations

import re
from urllib.parse import unquote

from chalicelib.patterns import pattern

# A private-use character that is a line of its own. If it occurs in the mail itself, it is replaced there.
MARK = "\ue000"
MAX_QUOTE_DEPTH = 20
_SPACES = pattern(r"[ \t\r\n\f\v\u00ad\u200b\ufeff]+")


class Writer:
    """The lines written so far. White space collapses as in a browser; there is at most one blank line at a time."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.current: list[str] = []
        self.depth = 0
        self.preformatted = 0
        self.links: list[int] = []
        self.last_depth = 0
        self.blank = False

    def words(self, text: str) -> None:
        if MARK in text:
            text = text.replace(MARK, "\ufffd")
        if self.preformatted:
            *whole, last = text.split("\n")
            for line in whole:
                self.current.append(line)
                self.break_line()
            self.current.append(last)
            return
        text = _SPACES.sub(" ", text)
        if text.startswith(" ") and (not self.current or self.current[-1].endswith(" ")):
            text = text[1:]
        if text:
            self.current.append(text)

    def break_line(self) -> None:
        self._put("".join(self.current).replace("\xa0", " ").rstrip())
        self.current = []

    def block(self, spaced: bool) -> None:
        if self.current:
            line = "".join(self.current).replace("\xa0", " ").rstrip()
            self.current = []
            if line:
                self._put(line)
        if spaced:
            self.blank = True

    def line(self, text: str) -> None:
        self.block(False)
        self.lines.append(text)

    def _put(self, line: str) -> None:
        prefix = "> " * min(self.depth, MAX_QUOTE_DEPTH)
        if self.blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * min(self.depth, self.last_depth, MAX_QUOTE_DEPTH)).rstrip())
        self.blank = False
        self.last_depth = self.depth
        self.lines.append((prefix + line).rstrip())

    def open_link(self) -> None:
        self.links.append(len(self.current))

    def close_link(self, href: str) -> None:
        start = self.links.pop() if self.links else 0
        shown = "".join(self.current[start:]).strip()
        target = href.strip()
        scheme, _, rest = target.partition(":")
        if scheme.lower() in ("mailto", "tel"):
            bare = unquote(rest)
            already_shown = bare.partition("?")[0].strip().lower() in shown.lower()
        elif scheme.lower() in ("http", "https") and rest.startswith("//"):
            bare = target
            already_shown = _host_and_path(bare) == _host_and_path(shown) or bare.split("?")[0].rstrip(
                "/"
            ) == shown.rstrip("/")
        else:
            return
        if shown and not already_shown:
            self.current.append(f" ({bare})")

    def text(self) -> str:
        self.block(False)
        return "\n".join(self.lines).strip("\n")


def _host_and_path(url: str) -> str:
    return re.sub(r"\Ahttps?://(?:www\.)?", "", url.strip(), flags=re.I).rstrip("/").lower()
