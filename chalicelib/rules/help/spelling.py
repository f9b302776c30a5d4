"""Words that differ from a mistyped one by one edit."""

from collections.abc import Container, Iterator

SHORTEST = 5
"""Letters of a word that is corrected: among shorter ones, most edits give another right word."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def corrected(word: str, known: Container[str]) -> tuple[str, ...]:
    """The known words that differ from this one by a letter that is missing, added or wrong, or by two letters that
    changed places. They are in a fixed order; those with another first letter count only if there are no others."""
    if len(word) < SHORTEST:
        return ()
    found = sorted({each for each in _edits(word) if each in known and each != word})
    return tuple(each for each in found if each[0] == word[0]) or tuple(found)


def _edits(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in _LETTERS)
