"""What a question asks for: its words, and the other ways in which articles may say them. The work is bounded,
whatever is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from chalicelib.rules.help.compounds import one_known_part, parts
from chalicelib.rules.help.index import Index
from chalicelib.rules.help.participles import infinitives, with_prefixes
from chalicelib.rules.help.spelling import corrected
from chalicelib.rules.help.words import Stem, words

LONGEST_QUESTION = 300
"""Letters; the rest is not read."""
_MOST_WORDS = 40
_MOST_CORRECTED = 12
_MOST_BEGINNINGS = 8
_LONGEST_PHRASE = 4
_MOST_BETWEEN = 3
_SHORTEST_BEGINNING = 3
# Letters of a word that is corrected although it is inflected.
_SHORTEST_INFLECTED = 8
# Letters of a word that may be mistyped and say nothing.
_SHORTEST_SILENT = 6
# What another way to say a word counts, compared with the word itself.
_SYNONYM, _CORRECTED, _BEGUN, _PART = 0.8, 0.8, 0.6, 0.8
# What the unknown rest of a compound counts, compared with an unknown word.
_REST = 0.7


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that is asked for: the stems that say it, each with what it counts. `rarity`: how much it says.
    `unknown`: the stem of a word that no article has."""

    stems: Mapping[str, float]
    rarity: float
    unknown: str = ""


def wanted(index: Index, cut: Stem, question: str) -> list[Wanted]:
    """What the question asks for, in its order. What no article has is there, too: without stems."""
    return _Question(index, cut, question[:LONGEST_QUESTION]).wanted()


def asked_stems(index: Index, cut: Stem, question: str) -> tuple[str, ...]:
    """The stems of the question's words that say something, each once."""
    return tuple(dict.fromkeys(index.stem(cut, word) for word in asked_words(index, question)))


def asked_words(index: Index, question: str) -> list[str]:
    """The folded words of the question that say something."""
    return [word for word in said_words(index, question) if word not in index.stop]


def said_words(index: Index, question: str) -> list[str]:
    """All folded words of the question."""
    return list(islice(words(question[:LONGEST_QUESTION], index.language), _MOST_WORDS))


class _Question:
    def __init__(self, index: Index, cut: Stem, question: str) -> None:
        self._index, self._cut = index, cut
        self._corrections_left = _MOST_CORRECTED
        said = with_prefixes(said_words(index, question), index.language, self._has)
        self._said = _joined(index, [self._meant(word) for word in said])
        self._stems = [self._stem(word) for word in self._said]
        self._unfinished = question[-1:].isalnum()

    def wanted(self) -> list[Wanted]:
        same, found = self._same()
        seen: set[str] = set()
        for at, (word, stem) in enumerate(zip(self._said, self._stems, strict=True)):
            if word in self._index.stop or stem in seen or word.isdigit():
                continue
            seen.add(stem)
            ways = self._ways(stem, same[at])
            if at == len(self._said) - 1 and self._unfinished:
                ways |= {other: _BEGUN for other in self._begun(word) if other not in ways}
            found += [self._one(ways)] if ways else self._otherwise(word)
        return _once(found)

    def _stem(self, word: str) -> str:
        return self._index.stem(self._cut, word)

    def _meant(self, word: str) -> str:
        """The word of which this is an irregular form; or if nothing is known of it, its infinitive."""
        word = self._index.forms.get(word, word)
        tried = (word, *infinitives(word, self._index.language, self._index.forms))
        known = (each for each in tried if each in self._index.stop or self._known(self._stem(each)))
        if found := next(known, None):
            return found
        stem = self._stem(word)
        return stem if stem in self._index.stop else self._silent(word) or word

    def _silent(self, word: str) -> str | None:
        """The word that says nothing of which this one is mistyped."""
        if len(word) < _SHORTEST_SILENT or word in self._index.words or self._corrections_left == 0:
            return None
        self._corrections_left -= 1
        return next(iter(corrected(word, self._index.stop)), None)

    def _has(self, word: str) -> bool:
        return self._stem(word) in self._index.postings

    def _known(self, stem: str) -> bool:
        return stem in self._index.postings or stem in self._index.phrases

    def _one(self, ways: Mapping[str, float]) -> Wanted:
        strongest = max(ways.values())
        postings = self._index.postings
        return Wanted(
            ways, self._index.rarity_of(max(len(postings[each]) for each, by in ways.items() if by == strongest))
        )

    def _ways(self, stem: str, same: Sequence[str], factor: float = 1.0) -> dict[str, float]:
        """The stems of articles that say this, each with what it counts."""
        postings = self._index.postings
        ways = {stem: factor} if stem in postings else {}
        return ways | {each: factor * _SYNONYM for each in same if each in postings and each not in ways}

    def _otherwise(self, word: str) -> list[Wanted]:
        """A word that no article has: as a compound, or as one that was mistyped; else as it is, found nowhere. Sizes
        and days such as "60cm" and "2nd" ask for nothing."""
        if any(letter.isdigit() for letter in word):
            return []
        if (stem := self._stem(word)) in self._index.things:
            return [Wanted({}, self._index.rarity_of(0), stem)]
        divided = self._divided(parts(word, self._index.words, self._index.language))
        if divided or (divided := self._corrected(word)):
            return divided
        unknown = self._index.rarity_of(0)
        if divided := self._divided(one_known_part(word, self._index.words, self._index.language)):
            return [*divided, Wanted({}, _REST * unknown)]
        return [Wanted({}, unknown, self._stem(word))]

    def _divided(self, parts: Sequence[str]) -> list[Wanted]:
        return [self._one(ways) for part in parts if (ways := self._of_known([self._stem(part)], _PART))]

    def _corrected(self, word: str) -> list[Wanted]:
        if self._corrections_left == 0:
            return []
        self._corrections_left -= 1
        meant = [self._index.words[each] for each in corrected(word, self._index.words)]
        if not meant and len(word) >= _SHORTEST_INFLECTED:
            stem = self._stem(word)
            meant = [each for each in corrected(stem, self._index.postings) if each[0] == stem[0]]
        ways = self._of_known(meant, _CORRECTED)
        return [self._one(ways)] if ways else []

    def _of_known(self, stems: Sequence[str], factor: float) -> dict[str, float]:
        ways: dict[str, float] = {}
        for each in stems:
            ways = self._ways(each, self._index.phrases.get(each, ()), factor) | ways
        return ways

    def _same(self) -> tuple[list[list[str]], list[Wanted]]:
        """For each word the stems that mean the same, by itself or within a phrase; and what phrases want that consist
        of words that say nothing by themselves."""
        found: list[list[str]] = [[] for _ in self._said]
        wanted: dict[tuple[str, ...], Wanted] = {}
        for places in _spans(len(self._said)):
            others = self._index.phrases.get(" ".join(self._stems[at] for at in places), ())
            saying = [at for at in places if self._said[at] not in self._index.stop]
            for at in saying:
                found[at] += others
            ways = {other: _SYNONYM for other in others if other in self._index.postings}
            if ways and not saying and len(places) > 1:
                wanted.setdefault(tuple(ways), self._one(ways))
        return found, list(wanted.values())

    def _begun(self, letters: str) -> Iterator[str]:
        if len(letters) >= _SHORTEST_BEGINNING:
            stems = (self._index.words[word] for word in islice(self._index.beginning(letters), _MOST_BEGINNINGS))
            yield from (stem for stem in stems if stem in self._index.postings)


def _once(found: Sequence[Wanted]) -> list[Wanted]:
    """What is asked for, each thing once: a "floor lamp" and a "lamp" are one."""
    once: dict[frozenset[str] | int, Wanted] = {}
    for at, each in enumerate(found):
        same = frozenset(each.stems) or at
        if same not in once or max(each.stems.values()) > max(once[same].stems.values()):
            once[same] = each
    return list(once.values())


def _spans(number: int) -> Iterator[tuple[int, ...]]:
    """The places where a word or phrase may stand among so many words. Between two words others may stand: "send the
    lamp back"."""
    for length in range(1, _LONGEST_PHRASE + 1):
        yield from (tuple(range(at, at + length)) for at in range(number - length + 1))
    for apart in range(2, _MOST_BETWEEN + 2):
        yield from ((at, at + apart) for at in range(number - apart))


def _telling(index: Index, word: str) -> bool:
    return word in index.words and word not in index.stop


def _joined(index: Index, said: Sequence[str]) -> list[str]:
    """The words, those that were written apart and are one word of the articles joined: "pass word", "check out", "Rück
    Sendung". Two words that both say something by themselves stay two."""
    found: list[str] = []
    for word in said:
        before = found[-1] if found else ""
        if before and not (_telling(index, before) and _telling(index, word)) and before + word in index.words:
            found[-1] = before + word
        else:
            found.append(word)
    return found
