"""Words of a message that may be a name of who wrote it. Nobody can list all names, so it is the other way round: every
word with a capital that is not known to be one of the language or of the shop may be a name. Where people introduce
themselves or sign, a word in small letters may be one too (decision 247)."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chalicelib.patterns import pattern

Known = Callable[[str], bool]
"""Whether a word is one of the language or of the shop."""
_WORD = pattern(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# "Mira's", "I'm", "don't".
_SHORTENED = pattern(r"(?:n['’]t|['’](?:s|m|d|ve|ll|re)?)\Z")
_INTRODUCED = pattern(
    r"\b(?:name(?: is|:)|i am|i['’]m|(?-i:im(?= [a-zß-ÿ]))|this is|called|name ist|ich bin|hei(?:ß|ss)e|"
    r"hier (?:ist|schreibt)|husband|wife|partner|mann|frau|freund(?:in)?|sohn|tochter|son|daughter)\b",
    re.IGNORECASE,
)
_FAREWELL = pattern(
    r"\b(?:regards|wishes|sincerely|faithfully|truly|yours|best|love|cheers|thanks|thank you|thx|ty|"
    r"grü(?:ß|ss)en?|gru(?:ß|ss)|mfg|lg|vg|danke|dank)\b",
    re.IGNORECASE,
)
# What people greet and thank with. Where they sign, any other word may be a name.
_POLITE_WORDS = """
    hi hello hey dear good morning afternoon evening day hallo guten tag morgen abend moin servus liebe lieber
    liebes sehr geehrte damen herren und team kind best warm many regards wishes yours sincerely faithfully truly
    love cheers thanks thank you thx ty viele vielen beste besten freundliche freundlichen mit herzliche herzlichen
    schöne grüße grüßen grüsse grüssen gruß gruss dank danke im in voraus advance mfg lg vg ihr ihre your
"""
_POLITE = frozenset(_POLITE_WORDS.split())
_ENDS = pattern(r"[.!?…]+(?:\s|\Z)|\n")
# In German a word with a capital after one of these is a noun: people are called "der Peter", and not "das Peter".
_BEFORE_NOUNS_WORDS = """
    das ein eine einen einem einer eines kein keine keinen keinem keiner im am ins diese dieser dieses diesen diesem
    jede jeder jedes jeden welche welcher welches welchen
"""
_BEFORE_NOUNS = frozenset(_BEFORE_NOUNS_WORDS.split())
# A word that begins a sentence before one of these is a verb: "Dimmt sie", "Fits this".
_AFTER_VERBS_WORDS = """
    es er ich man wir ihr die der das den dem ein eine einen mein meine meinen ihre diese dieser dieses this the
    it they these that your you my a an
"""
_AFTER_VERBS = frozenset(("sie", *_AFTER_VERBS_WORDS.split()))  # codespell:ignore sie
_MOST_WORDS = 5
"""So many words where people sign or introduce themselves are looked at."""
_LAST_LINES = 3
"""So many short lines or sentences at the end are where people sign."""
_ABBREVIATION = 3
"""Letters of an abbreviation in capitals: "LED"."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A word, what stands between it and the word before, and what follows it."""

    word: str
    before: str
    begin: int
    after: str

    @property
    def capital(self) -> bool:
        """Scripts without small letters are all capitals."""
        return not self.word[0].islower()

    @property
    def begins(self) -> bool:
        return not self.begin or bool(_ENDS.search(self.before))


def possible_names(text: str, known: Known) -> Iterator[str]:
    """The words that may be a name, each as it is written; with names that somebody signs with whole."""
    said = _words(text)
    for at, each in enumerate(said):
        if (
            each.capital
            and not known(each.word)
            and each.word.lower() not in _POLITE
            and not _is_other(said, at, known)
        ):
            yield each.word
    ends = [found.end() for expression in (_INTRODUCED, _FAREWELL) for found in expression.finditer(text)]
    short = list(_short_lines(said))
    for start in (*_followed(said, ends), *short):
        yield from (each.word for each in _run(said, start) if not known(each.word))
    # Here even a word that is known is a name: Frank Klein, Mark, Rose.
    for start in (*_followed(said, ends), *(at for at in short[-_LAST_LINES:] if at)):
        run = _run(said, start)
        if run and all(each.capital for each in run):
            yield " ".join(each.word for each in run)


def _words(text: str) -> list[_Said]:
    said, end = list[_Said](), 0
    for found in _WORD.finditer(text):
        word = _SHORTENED.sub("", found[0]) or found[0]
        said.append(_Said(word, text[end : found.start()], found.start(), text[found.end() : found.end() + 1]))
        end = found.end()
    return said


def _is_other(said: Sequence[_Said], at: int, known: Known) -> bool:
    """Whether the word is an abbreviation, a noun or a verb by what stands beside it."""
    each, next = said[at], said[at + 1] if at + 1 < len(said) else None
    if each.word.isupper() and (each.after.isdigit() or len(each.word) <= _ABBREVIATION):
        return True
    beside = next if next and next.before.isspace() else None
    if each.begins:
        return beside is not None and beside.word in _AFTER_VERBS
    more = beside is not None and beside.capital and not known(beside.word)
    return each.before.isspace() and said[at - 1].word.lower() in _BEFORE_NOUNS and not more


def _followed(said: Sequence[_Said], ends: Sequence[int]) -> Iterator[int]:
    """The words after each of these places."""
    begins = sorted(ends)
    at = 0
    for end in begins:
        while at < len(said) and said[at].begin < end:
            at += 1
        yield at


def _short_lines(said: Sequence[_Said]) -> Iterator[int]:
    """Where a sentence or line begins that has so few words as a name, and is no question."""
    starts = [at for at, each in enumerate(said) if each.begins]
    for at, end in pairwise((*starts, len(said))):
        if end - at < _MOST_WORDS and said[end - 1].after != "?":
            yield at


def _run(said: Sequence[_Said], start: int) -> list[_Said]:
    """The words from a place to the end of the line or sentence, at most five, without what people greet with."""
    near = said[start : start + _MOST_WORDS]
    end = next((at for at, each in enumerate(near) if at and each.begins), len(near))
    return [each for each in near[:end] if each.word.lower() not in _POLITE]
