"""The words of a text, as search compares them: without case, accents and umlauts."""

import unicodedata
from collections.abc import Callable, Iterator

from chalicelib.patterns import pattern

Stem = Callable[[str], str]
"""Cuts a folded word to its stem."""
LONGEST_WORD = 40
"""Letters; longer words are addresses of pages and the like."""
_WORD = pattern(r"[^\W_]+")
# What stands within a word and divides none: "don't", "e-mail".
_WITHIN = pattern(r"(?<=\w)['’´`](?=\w)|(?<=\be)-(?=\w)")
# An umlaut as people type it on a keyboard without one. After another vowel, "ue" is no umlaut: "neue", "Frauen".
_TYPED_UMLAUT = pattern(r"(?<![aeiouqy])([aou])e")
_WITH_UMLAUTS = ("de",)


def folded(text: str, language: str) -> str:
    """The text without case, accents and umlauts: "Rücksendung", "Ruecksendung" and "rucksendung" are the same. "ß" is
    "ss"."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _TYPED_UMLAUT.sub(r"\1", plain) if language in _WITH_UMLAUTS else plain


def words(text: str, language: str) -> Iterator[str]:
    """The folded words of a text in their order."""
    for found in _WORD.finditer(_WITHIN.sub("", folded(text, language))):
        if len(found[0]) <= LONGEST_WORD:
            yield found[0]
