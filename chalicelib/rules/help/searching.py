"""Which articles answer a question."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.rules.help.index import Index
from chalicelib.rules.help.wanting import Wanted, wanted
from chalicelib.rules.help.words import Stem

# An article is shown if it has enough of what was asked (each word counts by its rarity; less is enough if it has two
# words, since long questions also tell a story), if it says enough about that, and if it is about enough of it: it is
# about a word that is in its title, keywords or headings. A long question asks for no more than _ASKED.
_SHARE, _SHARE_OF_TWO, _SAID, _ABOUT, _SHARE_ABOUT, _ASKED = 0.6, 0.4, 0.2, 0.58, 0.3, 12.0
# An article far behind the best one is not shown.
_BEHIND = 0.3


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may answer, and how well."""

    slug: str
    score: float


def search(index: Index, cut: Stem, question: str, most: int) -> tuple[Hit, ...]:
    """The articles that answer the question, the best first; none if none is good enough. `cut`: cuts a regular word of
    the index's language to its stem."""
    asked_for = wanted(index, cut, question)
    asked = min(sum(each.rarity for each in asked_for), _ASKED)
    found: dict[int, _Found] = {}
    for each in asked_for:
        for place, (impact, factor) in _best(index, each):
            if place not in found:
                found[place] = _Found()
            found[place].add(impact, factor, each.rarity)
    hits = [
        Hit(index.slugs[place], round(each.said * (each.share / asked) ** 0.5, 3))
        for place, each in found.items()
        if each.about >= _SHARE_ABOUT * asked and each.said >= _SAID * asked
        if each.share >= asked * (_SHARE if each.number == 1 else _SHARE_OF_TWO)
    ]
    hits.sort(key=lambda hit: (-hit.score, hit.slug))
    return tuple(hit for hit in hits[:most] if hit.score >= _BEHIND * hits[0].score)


@dataclass(slots=True)
class _Found:
    """What an article has of a question: how much it says about it, how much of what was asked, how much of that it is
    about, and how many of the words it has. It grows word by word."""

    said: float = 0.0
    share: float = 0.0
    about: float = 0.0
    number: int = 0

    def add(self, impact: float, factor: float, rarity: float) -> None:
        self.said += impact
        self.share += rarity
        self.number += 1
        if impact >= _ABOUT * factor * rarity:
            self.about += rarity


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
