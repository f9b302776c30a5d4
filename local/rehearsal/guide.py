"""The commands that docs/deploying.md tells a person to type: its `sh` blocks, in their order."""

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
# Besides: `text` is shown and not typed, or needs what no machine of ours has; the others are files.
KINDS = {"sh", "text", "toml", "json"}


class Unreadable(Exception):
    """A block of the guide says neither that it is typed nor that it is not."""


@dataclass(frozen=True, slots=True)
class Step:
    """A block of commands, and the heading above it."""

    heading: str
    commands: str


def steps(guide: Path) -> list[Step]:
    """Every block that is typed. Raises Unreadable."""
    text = guide.read_text(encoding="utf-8")
    headings = [(found.start(), found[1]) for found in _HEADING.finditer(text)]
    found = []
    for block in _BLOCK.finditer(text):
        if block[1] not in KINDS:
            raise Unreadable(f"{guide}: this block must say what it is, one of {', '.join(sorted(KINDS))}:\n{block[2]}")
        if block[1] == "sh":
            above = [heading for start, heading in headings if start < block.start()]
            found.append(Step(above[-1] if above else "", block[2]))
    return found
