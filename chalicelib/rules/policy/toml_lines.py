"""Finds the line of each key in a TOML document, so that mistakes can name their line; tomllib does not give it.

The text must be valid TOML (tomllib has read it). The scan only finds positions and interprets no value.
"""

import re
import tomllib
from bisect import bisect
from collections.abc import Iterator

from chalicelib.patterns import pattern

Path = tuple[str | int, ...]

SPACE = pattern(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE_KEY = pattern(r"[A-Za-z0-9_-]+")
STRING = pattern(
    r'"""(?:[^\\]|\\.)*?"{3,5}'  # up to two quotes may stand before the closing three
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)
PLAIN_VALUE = pattern(r"[^,\]}#\n]+")


def lines(text: str) -> dict[Path, int]:
    """The line (from 1) of every key, table and list entry, by its path: ("shops", "northlight", "agents", 0)."""
    return _Scan(text).document()


class _Scan:
    """Walks over the text; `at` is the current position."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [match.end() for match in re.finditer("\n", text)]
        self.found: dict[Path, int] = {(): 1}
        self.entries: dict[Path, int] = {}

    def document(self) -> dict[Path, int]:
        table: Path = ()
        while self.peek():
            if self.peek() == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.found

    def header(self) -> Path:
        """[a.b] or [[a.b]]. A list of tables within the path means its last entry so far."""
        start, several = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if several else 1
        path: Path = ()
        for part in self.key():
            path = self.newest((*path, part))
            self.note(path, start)
        self.at = self.text.index("]]" if several else "]", self.at) + (2 if several else 1)
        if several:
            name = path[:-1] if isinstance(path[-1], int) else path
            self.entries[name] = self.entries.get(name, -1) + 1
            path = self.newest(name)
            self.note(path, start)
        return path

    def newest(self, path: Path) -> Path:
        return (*path, self.entries[path]) if path in self.entries else path

    def pair(self, table: Path) -> None:
        self.peek()
        start = self.at
        path = table
        for part in self.key():
            path = (*path, part)
            self.note(path, start)
        self.at = self.text.index("=", self.at) + 1
        self.value(path)

    def key(self) -> Iterator[str]:
        """The parts of a key, which may be dotted and quoted."""
        while True:
            self.peek()
            if quoted := STRING.match(self.text, self.at):
                self.at = quoted.end()
                yield tomllib.loads(f"key = {quoted[0]}")["key"]
            elif bare := BARE_KEY.match(self.text, self.at):
                self.at = bare.end()
                yield bare[0]
            if self.peek() != ".":
                return
            self.at += 1

    def value(self, path: Path) -> None:
        opening = self.peek()
        if opening == "[":
            self.list_of_values(path)
        elif opening == "{":
            self.inline_table(path)
        else:
            match = STRING.match(self.text, self.at) or PLAIN_VALUE.match(self.text, self.at)
            self.at = match.end() if match else len(self.text)

    def list_of_values(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self.peek() not in ("]", ""):
            self.note((*path, index), self.at)
            self.value((*path, index))
            index += 1
            if self.peek() == ",":
                self.at += 1
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while self.peek() not in ("}", ""):
            self.pair(path)
            if self.peek() == ",":
                self.at += 1
        self.at += 1

    def peek(self) -> str:
        """Move to the next character that is neither space nor comment and return it; "" at the end."""
        if match := SPACE.match(self.text, self.at):
            self.at = match.end()
        return self.text[self.at : self.at + 1]

    def note(self, path: Path, at: int) -> None:
        self.found.setdefault(path, bisect(self.starts, at) + 1)
