"""Words that differ from a mistyped one by one edit."""

from collections.abc import Container, Iterator
from functools import lru_cache

SHORTEST = 5
"""Letters of a word that is corrected: among shorter ones, most edits give another right word."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# A word is looked up in more than one list, one after another.
_REMEMBERED = 16
_VOWELS = "aeiouy"
# Letters side by side on a keyboard, English or German.
_KEYS = ("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm")
# From so many letters on, any wrong letter is corrected. In a shorter word, only one for which another is easily
# taken: else "share" would be "spare", and "table" "cable".
_LONG = 7


def corrected(word: str, known: Container[str]) -> tuple[str, ...]:
    """The known words that differ from this one by a letter that is missing, added or wrong, or by two letters that
    changed places. In a short word, a wrong letter is a vowel for a vowel, or a key for the one beside it. They
    are in a fixed order; those with another first letter count only if there are no others."""
    if len(word) < SHORTEST:
        return ()
    found = sorted({each for each in _edits(word) if each in known and each != word})
    return tuple(each for each in found if each[0] == word[0]) or tuple(found)


@lru_cache(_REMEMBERED)
def _edits(word: str) -> frozenset[str]:
    return frozenset(_one_edit_away(word))


def _one_edit_away(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _instead(after[0], len(word)))
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in _LETTERS)


def _instead(letter: str, letters: int) -> str:
    """The letters that may have been meant by this one."""
    if letters >= _LONG:
        return _LETTERS
    beside = "".join(row[max(at - 1, 0) : at + 2] for row in _KEYS if (at := row.find(letter)) >= 0)
    return beside + _VOWELS if letter in _VOWELS else beside
