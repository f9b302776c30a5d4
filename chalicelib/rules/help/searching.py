"""Which articles answer a question. The work is bounded, whatever is asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from chalicelib.rules.help.compounds import parts
from chalicelib.rules.help.index import Index
from chalicelib.rules.help.participles import infinitives
from chalicelib.rules.help.spelling import corrected
from chalicelib.rules.help.words import Stem, words

LONGEST_QUESTION = 300
"""Letters; the rest is not read."""
_MOST_WORDS = 40
_MOST_CORRECTED = 8
_MOST_BEGINNINGS = 8
_LONGEST_PHRASE = 4
_SHORTEST_BEGINNING = 3
# What another way to say a word counts, compared with the word itself.
_SYNONYM, _CORRECTED, _BEGUN, _PART = 0.8, 0.8, 0.6, 0.8
# An article is shown if it has enough of what was asked (each word counts by its rarity; less is enough if it has two
# words, since long questions also tell a story), if it says enough about that, and if it is about one of the words:
# that is so if the word is in its title, keywords or headings.
_SHARE, _SHARE_OF_TWO, _SAID, _ABOUT = 0.4, 0.3, 0.15, 0.58
# An article far behind the best one is not shown.
_BEHIND = 0.3


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may answer, and how well."""

    slug: str
    score: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that is asked for: the stems that say it, each with what it counts. `rarity`: how much it says."""

    stems: Mapping[str, float]
    rarity: float


def search(index: Index, stem: Stem, question: str, most: int) -> tuple[Hit, ...]:
    """The articles that answer the question, the best first; none if none is good enough."""
    wanted = _wanted(index, stem, question[:LONGEST_QUESTION])
    asked = sum(each.rarity for each in wanted)
    found: dict[int, _Found] = {}
    for each in wanted:
        for place, (impact, factor) in _best(index, each):
            if place not in found:
                found[place] = _Found()
            found[place].add(impact, factor, each.rarity)
    hits = [
        Hit(index.slugs[place], round(each.said * (each.share / asked) ** 0.5, 3))
        for place, each in found.items()
        if each.about >= _ABOUT and each.said >= _SAID * asked
        if each.share >= asked * (_SHARE if each.number == 1 else _SHARE_OF_TWO)
    ]
    hits.sort(key=lambda hit: (-hit.score, hit.slug))
    return tuple(hit for hit in hits[:most] if hit.score >= _BEHIND * hits[0].score)


@dataclass(slots=True)
class _Found:
    """What an article has of a question: how much it says about it, how much of what was asked, how much it is about
    the word that it is about most, and how many of the words it has. It grows word by word."""

    said: float = 0.0
    share: float = 0.0
    about: float = 0.0
    number: int = 0

    def add(self, impact: float, factor: float, rarity: float) -> None:
        self.said += impact
        self.share += factor * rarity
        self.number += 1
        if impact > self.about * factor * rarity:
            self.about = impact / (factor * rarity)


def asked_stems(index: Index, stem: Stem, question: str) -> tuple[str, ...]:
    """The stems of the question's words that say something, each once."""
    return tuple(dict.fromkeys(stem(word) for word in _asked(index, question[:LONGEST_QUESTION])))


def _asked(index: Index, question: str) -> list[str]:
    return [word for word in _all(index, question) if word not in index.stop]


def _all(index: Index, question: str) -> list[str]:
    return list(islice(words(question, index.language), _MOST_WORDS))


def _wanted(index: Index, stem: Stem, question: str) -> list[Wanted]:
    said = [_meant(index, stem, word) for word in _all(index, question)]
    stems = [stem(word) for word in said]
    same, found = _same(index, said, stems)
    corrections = [_MOST_CORRECTED]
    seen: set[str] = set()
    for at, (word, its_stem) in enumerate(zip(said, stems, strict=True)):
        if word in index.stop or its_stem in seen:
            continue
        seen.add(its_stem)
        ways = _ways(index, its_stem, same[at])
        if at == len(said) - 1 and not question.endswith(" "):
            ways |= {other: _BEGUN for other in _begun(index, word) if other not in ways}
        found += [_one(index, ways)] if ways else _otherwise(index, stem, word, corrections)
    return found


def _meant(index: Index, stem: Stem, word: str) -> str:
    """The word, or if nothing is known of it, the infinitive of which it is a form."""
    tried = (word, *infinitives(word, index.language))
    known = (each for each in tried if each in index.stop or _known(index, stem(each)))
    return next(known, word)


def _known(index: Index, stem: str) -> bool:
    return stem in index.postings or stem in index.phrases


def _one(index: Index, ways: Mapping[str, float]) -> Wanted:
    strongest = max(ways.values())
    stems = [each for each, factor in ways.items() if factor == strongest]
    if len(stems) == 1:
        return Wanted(ways, index.rarity_of(len(index.postings[stems[0]])))
    return Wanted(ways, index.rarity_of(len({place for each in stems for place, _ in index.postings[each]})))


def _ways(index: Index, stem: str, same: Sequence[str], factor: float = 1.0) -> dict[str, float]:
    """The stems of articles that say this, each with what it counts."""
    ways = {stem: factor} if stem in index.postings else {}
    return ways | {each: factor * _SYNONYM for each in same if each in index.postings and each not in ways}


def _otherwise(index: Index, stem: Stem, word: str, corrections: list[int]) -> list[Wanted]:
    """A word that no article has: as a compound, or as one that was mistyped; else as it is, found nowhere."""
    divided = [_of_known(index, [stem(part)], _PART) for part in parts(word, index.words, index.language)]
    if found := [_one(index, ways) for ways in divided if ways]:
        return found
    if corrections[0] > 0:
        corrections[0] -= 1
        meant = [index.words[each] for each in corrected(word, index.words)]
        if ways := _of_known(index, meant, _CORRECTED):
            return [_one(index, ways)]
    return [Wanted({}, index.rarity_of(0))]


def _of_known(index: Index, stems: Sequence[str], factor: float) -> dict[str, float]:
    ways: dict[str, float] = {}
    for each in stems:
        ways = _ways(index, each, index.phrases.get(each, ()), factor) | ways
    return ways


def _same(index: Index, said: Sequence[str], stems: Sequence[str]) -> tuple[list[list[str]], list[Wanted]]:
    """For each word the stems that mean the same, by itself or within a phrase; and what phrases want that consist of
    words that say nothing by themselves."""
    found: list[list[str]] = [[] for _ in said]
    wanted: list[Wanted] = []
    for length in range(1, _LONGEST_PHRASE + 1):
        for at in range(len(said) - length + 1):
            others = index.phrases.get(" ".join(stems[at : at + length]), ())
            saying = [place for place in range(at, at + length) if said[place] not in index.stop]
            for place in saying:
                found[place] += others
            ways = {other: _SYNONYM for other in others if other in index.postings}
            if ways and not saying:
                wanted.append(_one(index, ways))
    return found, wanted


def _begun(index: Index, letters: str) -> Iterator[str]:
    if len(letters) >= _SHORTEST_BEGINNING:
        stems = (index.words[word] for word in islice(index.beginning(letters), _MOST_BEGINNINGS))
        yield from (stem for stem in stems if stem in index.postings)


def _best(index: Index, wanted: Wanted) -> Iterable[tuple[int, tuple[float, float]]]:
    """By article, the most that one of the ways to say it counts, and what that way counts by itself."""
    if len(wanted.stems) == 1:
        ((stem, factor),) = wanted.stems.items()
        return ((place, (factor * impact, factor)) for place, impact in index.postings[stem])
    best: dict[int, tuple[float, float]] = {}
    for stem, factor in wanted.stems.items():
        for place, impact in index.postings[stem]:
            if place not in best or factor * impact > best[place][0]:
                best[place] = (factor * impact, factor)
    return best.items()
