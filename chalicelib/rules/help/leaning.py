"""Whether a question is put like those that the articles answer, or like those that no article answers: naive Bayes
(Maron 1961) over its words and pairs of neighbours, and over its shape: runs of up to four words, of which only those
that say nothing by themselves stay, and a mark stands for any other. So "how many … has the … got" leans away from the
articles, whatever is asked about, though they have its words."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from math import log, sqrt

from chalicelib.rules.help.words import Stem

Leaning = Mapping[str, float]
"""By each word or run of words how much more often questions have it that are answered: the logarithm of the two
shares' ratio; below nought, those that are not."""
_BEGIN, _END, _NUMBER, _THING, _WORD, _SHAPE = "^", "$", "#", "§", "*", "~"
_LONGEST_RUN, _LONGEST_SHAPE = 2, 4
# Most that only one or two questions have says nothing about others.
_SEEN = 3
_DIGITS = 1
# Letters of a thing within a compound.
_SHORTEST_PART, _SHORTEST_COMPOUND = 5, 9


@dataclass(frozen=True, slots=True)
class Sight:
    """How words are seen. `stop`: those that say nothing. `things`: stems of what is other people's business."""

    stem: Stem
    stop: Set[str]
    things: Set[str]

    def word(self, word: str) -> str:
        if word.isdigit():
            return _NUMBER
        return _THING if self._is_thing(word) else self.stem(word)

    def shape(self, word: str) -> str:
        return word if word in self.stop else seen if (seen := self.word(word)) in (_NUMBER, _THING) else _WORD

    def _is_thing(self, word: str) -> bool:
        """Whether it is a thing, or a long word begins or ends with one: "Hotelbuchung"."""
        if self.stem(word) in self.things:
            return True
        if len(word) < _SHORTEST_COMPOUND:
            return False
        places = range(_SHORTEST_PART, len(word) - 2)
        return any(word[:at] in self.things or word[len(word) - at :] in self.things for at in places)


def leaning(answered: Sequence[Sequence[str]], other: Sequence[Sequence[str]], sight: Sight) -> Leaning:
    """What these questions, as folded words, teach; nothing if one kind is missing."""
    if not answered or not other:
        return {}
    parts = [
        [each for words in kind for each in _words(words, sight) | _shapes(words, sight)] for kind in (answered, other)
    ]
    with_it, without = map(Counter, parts)
    share = len(answered) / (len(answered) + len(other))

    def ratio(part: str) -> float:
        return log((with_it[part] + share) / len(answered)) - log((without[part] + 1 - share) / len(other))

    kept = sorted(part for part in with_it.keys() | without.keys() if _tells(part, with_it[part], without[part]))
    return {part: rounded for part in kept if (rounded := round(ratio(part), _DIGITS))}


def leans(known: Leaning, words: Sequence[str], sight: Sight) -> float:
    """How far these folded words lean to the questions that are answered: nought is not at all."""
    if not known or not words:
        return 0.0
    return sum(
        sum(known.get(part, 0.0) for part in sorted(parts)) / sqrt(len(parts))
        for parts in (_words(words, sight), _shapes(words, sight))
    )


def _tells(part: str, answered: int, other: int) -> bool:
    return answered >= _SEEN or other >= (_SEEN - 1 if part.startswith(_SHAPE) else 1)


def _words(words: Sequence[str], sight: Sight) -> frozenset[str]:
    said = [sight.word(word) for word in words]
    return frozenset((*said, *_runs([_BEGIN, *said, _END], _LONGEST_RUN)))


def _shapes(words: Sequence[str], sight: Sight) -> frozenset[str]:
    said = [_BEGIN, *map(sight.shape, words), _END]
    return frozenset(_SHAPE + run for length in range(2, _LONGEST_SHAPE + 1) for run in _runs(said, length))


def _runs(said: Sequence[str], length: int) -> Iterator[str]:
    return (" ".join(said[at : at + length]) for at in range(len(said) - length + 1))
