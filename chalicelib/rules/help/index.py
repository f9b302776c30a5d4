"""The index of a help centre in one language: made by packaging, read by the first search of a process."""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from chalicelib.rules.help.leaning import Leaning
from chalicelib.rules.help.nearest import Examples
from chalicelib.rules.help.words import Stem

Postings = Sequence[tuple[int, float]]
"""The articles that have a stem, by their place in the list, and how much it says about each."""


VERSION = 4
"""Of the stored form. Another version is not read."""
_RARE = 3
# What a word that no article has counts at most, compared with a rare one: among few articles, a rare word says little,
# and one unknown word would outweigh all others.
_UNKNOWN = 1.4


@dataclass(frozen=True, slots=True)
class Index:
    """`words`: each word of the articles and of the phrases with its stem. `phrases`: by the stems of a word or phrase,
    those of the words that mean the same. `stop`: folded words that say nothing. `forms`: folded words with the word of
    which they are an irregular form. `examples`: questions of which it is known which article answers them. `leaning`:
    how much words and runs of words say that any does. `things`: stems of what is other people's business."""

    language: str
    slugs: tuple[str, ...]
    postings: Mapping[str, Postings]
    words: Mapping[str, str]
    sorted_words: Sequence[str]
    phrases: Mapping[str, Sequence[str]]
    stop: frozenset[str]
    forms: Mapping[str, str]
    examples: Examples
    leaning: Leaning
    things: frozenset[str]

    def stem(self, cut: Stem, word: str) -> str:
        """The stem of a folded word, of which `cut` knows the regular forms."""
        return cut(self.forms.get(word, word))

    def rarity_of(self, having: int) -> float:
        """How much it says that a text has a stem that so many articles have: more for a rarer one. Among few articles,
        a stem that one or two have by chance counts no more than one that three have. A word that none has counts most:
        it says that something else is asked."""
        if not having:
            return min(self._rarity(1), _UNKNOWN * self.rare)
        return self._rarity(max(having, _RARE))

    @property
    def rare(self) -> float:
        """How much a rare word says, the measure of what a question asks for."""
        return self._rarity(_RARE)

    def _rarity(self, having: int) -> float:
        return log(1 + max(len(self.slugs) - having + 0.5, 0.5) / (having + 0.5))

    def beginning(self, letters: str) -> Iterator[str]:
        """The words that begin with these letters, in their order."""
        at = bisect_left(self.sorted_words, letters)
        while at < len(self.sorted_words) and self.sorted_words[at].startswith(letters):
            yield self.sorted_words[at]
            at += 1


def written(index: Index) -> str:
    """The text that `read` reads; the same index always gives the same text."""
    content = {
        "version": VERSION,
        "language": index.language,
        "slugs": index.slugs,
        "postings": {stem: [part for pair in found for part in pair] for stem, found in index.postings.items()},
        "words": index.words,
        "phrases": {phrase: list(stems) for phrase, stems in index.phrases.items()},
        "stop": sorted(index.stop),
        "forms": index.forms,
        "examples": {
            "of": index.examples.of,
            "lengths": index.examples.lengths,
            "having": index.examples.having,
        },
        "leaning": _by_value(index.leaning),
        "things": sorted(index.things),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def read(text: str) -> Index | None:
    """The index; None if another version of Aftercare wrote it."""
    content = json.loads(text)
    if content.get("version") != VERSION:
        return None
    return Index(
        language=content["language"],
        slugs=tuple(content["slugs"]),
        postings={stem: list(zip(flat[::2], flat[1::2], strict=True)) for stem, flat in content["postings"].items()},
        words=content["words"],
        sorted_words=sorted(content["words"]),
        phrases=content["phrases"],
        stop=frozenset(content["stop"]),
        forms=content["forms"],
        examples=Examples(**content["examples"]),
        leaning={part: float(value) for value, parts in content["leaning"].items() for part in parts},
        things=frozenset(content["things"]),
    )


def _by_value(leaning: Leaning) -> dict[str, list[str]]:
    """Few values are shared by many words."""
    found: dict[str, list[str]] = defaultdict(list)
    for part in sorted(leaning):
        found[str(leaning[part])].append(part)
    return found
