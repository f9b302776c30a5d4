"""The stems of words, by the Snowball algorithms (https://snowballstem.org)."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.rules.help.words import Stem

_ALGORITHMS = {"de": "german", "en": "english"}
_REMEMBERED = 4096


@cache
def stemmer(language: str) -> "Stem":
    """Cuts folded words of this language to their stems; words of a language without an algorithm stay whole."""
    import snowballstemmer  # it imports forty languages, and only a search needs one

    if language not in _ALGORITHMS:
        return str
    algorithm: Any = snowballstemmer.stemmer(_ALGORITHMS[language])
    return lru_cache(_REMEMBERED)(algorithm.stemWord)
