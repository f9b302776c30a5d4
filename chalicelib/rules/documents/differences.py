"""What changed between two versions of a text, word by word, in the paragraphs that changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.patterns import pattern

_WORDS = pattern(r"\s+|\S+")
_BLANK_LINES = pattern(r"\n{2,}")
# Where an item of a list begins.
_ITEMS = pattern(r"\n(?=(?:[-*]|\d+\.) )")


class Change(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Words:
    """Successive words with the same fate."""

    change: Change
    text: str


Paragraph = tuple[Words, ...]


def differences(before: str, after: str) -> tuple[Paragraph, ...]:
    """The paragraphs that changed, in the order of the text. Empty if nothing changed but the breaking of lines."""
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[Paragraph] = []
    for tag, start, end, first, last in _opcodes(old, new):
        if tag != "equal":
            found += _paired(old[start:end], new[first:last])
    return tuple(found)


def _paragraphs(text: str) -> list[str]:
    """The paragraphs, headings and items of lists, each on one line."""
    blocks = (item for block in _BLANK_LINES.split(text.strip()) for item in _ITEMS.split(block))
    return [" ".join(item.split()) for item in blocks if item.strip()]


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Changed paragraphs: as many as both sides have are compared word by word, the others are new or gone."""
    both = min(len(old), len(new))
    for was, now in zip(old[:both], new[:both], strict=True):
        yield tuple(_words(was, now))
    yield from ((Words(Change.REMOVED, gone),) for gone in old[both:])
    yield from ((Words(Change.ADDED, added),) for added in new[both:])


def _words(before: str, after: str) -> Iterator[Words]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for tag, start, end, first, last in _opcodes(old, new):
        if tag == "equal":
            yield Words(Change.KEPT, "".join(old[start:end]))
            continue
        if start < end:
            yield Words(Change.REMOVED, "".join(old[start:end]))
        if first < last:
            yield Words(Change.ADDED, "".join(new[first:last]))


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    from difflib import SequenceMatcher  # only the page of a version that replaces another needs it

    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
