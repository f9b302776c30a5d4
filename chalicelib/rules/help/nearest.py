"""How near a question is to the questions of which a shop has said which article answers them, and to those that no
article answers. Compared are stems and runs of four letters, so that a wrong letter or another ending does little."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from math import log, sqrt

from chalicelib.rules.help.words import Stem, words

NO_ARTICLE = -1
"""In the place of an article: no article answers the question."""
_RUN = 4
# Of the questions of an article, so many count: one alone may be like it by chance.
_MOST_COUNTED = 3
_DIGITS = 3
# What more than this share of all questions has says little, and would cost most of a search's time. Among few
# questions everything counts.
_COMMON, _FEW = 0.08, 30


@dataclass(frozen=True, slots=True)
class Examples:
    """`of`: for each question the place of its article, or NO_ARTICLE. `lengths`: of each question as a vector.
    `having`: by each stem and run of letters the questions that have it; none for one that too many have to say
    anything."""

    of: Sequence[int]
    lengths: Sequence[float]
    having: Mapping[str, Sequence[int]]

    def telling(self, part: str) -> float:
        """How much a stem or run of letters says: more for a rarer one, most for one that no question has."""
        number = len(self.having[part]) if part in self.having else 1
        return log((len(self.of) + 1) / number) if number else 0.0


def examples(questions: Sequence[tuple[int, str]], language: str, stem: Stem) -> Examples:
    """The questions, each with the place of its article."""
    having: dict[str, list[int]] = defaultdict(list)
    parts = [sorted(set(_parts(words(text, language), stem))) for _, text in questions]
    for number, found in enumerate(parts):
        for part in found:
            having[part].append(number)
    most = max(_COMMON * len(questions), _FEW)
    kept = {part: having[part] if len(having[part]) <= most else [] for part in sorted(having)}
    known = Examples([place for place, _ in questions], (), kept)
    lengths = [round(_length(known, found), _DIGITS) for found in parts]
    return Examples(known.of, lengths, known.having)


def near(known: Examples, asked: Iterable[str], stem: Stem) -> Mapping[int, float]:
    """By the place of each article, and for NO_ARTICLE, how near its questions are to these words: 0 is not at all, 3
    is the same. An article that shares nothing with them is left out."""
    parts = set(_parts(asked, stem))
    shared: dict[int, float] = defaultdict(float)
    for part in parts:
        telling = known.telling(part) ** 2
        for number in known.having.get(part, ()):
            shared[number] += telling
    length = _length(known, parts)
    found: dict[int, list[float]] = defaultdict(list)
    for number, value in shared.items():
        if value:
            found[known.of[number]].append(value / (length * known.lengths[number]))
    return {place: sum(nlargest(_MOST_COUNTED, values)) for place, values in found.items()}


def _length(known: Examples, parts: Iterable[str]) -> float:
    return sqrt(sum(known.telling(part) ** 2 for part in sorted(parts)))


def _parts(asked: Iterable[str], stem: Stem) -> Iterator[str]:
    """The stems of the words, and the runs of letters within them. A blank stands where a word begins or ends."""
    for word in asked:
        yield f"={stem(word)}"
        spaced = f" {word} "
        yield from (spaced[at : at + _RUN] for at in range(max(1, len(spaced) - _RUN + 1)))
