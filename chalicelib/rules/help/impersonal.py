"""Takes out of an answer what is about one customer only, so that it can serve another: names, addresses, numbers. The
agent who uses it fills in the gaps. Rather too much is taken out than too little."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from chalicelib.patterns import pattern
from chalicelib.rules.help.masking import masked
from chalicelib.rules.help.words import folded

GAP = "[…]"
"""Stands where something was taken out."""
_WORD = pattern(r"[^\W\d_]+")
_GAPS = pattern(r"\[…\](?:[\s,;:/.'’+()&-]*\[…\])+")
_GREETING = pattern(
    r"\A\s*(?:dear|hello|hi|good (?:morning|afternoon|evening)|hallo|guten (?:morgen|tag|abend)|moin|"
    r"sehr geehrte[rs]?|liebe[rs]?)\b[^\n]{0,120}(?:\n|\Z)\s*",
    re.IGNORECASE,
)
# Who is called so is somebody, whatever the name looks like.
_TITLED = pattern(
    r"\b(?:mr|mrs|ms|miss|mx|dr|prof|frau|herrn?|familie)\b\.?(?:\s+[^\W\d_][\w'’.-]*){1,2}", re.IGNORECASE
)
_LEAST = 2


def impersonal(text: str, personal: Iterable[str], known: Callable[[str], bool], language: str) -> str:
    """The answer without its greeting, mail addresses, links, streets and towns, everything with a digit, the words of
    `personal` (names and addresses of the ticket's people, its numbers), and every capitalised word that is not `known`
    (given folded) to be one of the shop's own: it may be a name."""
    whole = _GREETING.sub("", unicodedata.normalize("NFC", text), count=1)
    whole = masked(_TITLED.sub(GAP, whole), GAP)
    theirs = frozenset(_words(personal, language))

    def said(found: re.Match[str]) -> str:
        word = found[0]
        small, plain = word[0].islower(), folded(word, language)
        if plain in theirs and not (small and known(plain)):
            return GAP
        return word if small or known(plain) else GAP

    return _GAPS.sub(GAP, _WORD.sub(said, whole)).strip()


def _words(personal: Iterable[str], language: str) -> Iterator[str]:
    for each in personal:
        for word in _WORD.findall(unicodedata.normalize("NFC", each)):
            if len(word) >= _LEAST:
                yield folded(word, language)
