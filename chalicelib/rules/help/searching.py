"""Which articles answer a question."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.rules.help.index import Index
from chalicelib.rules.help.wanting import Wanted, wanted
from chalicelib.rules.help.words import Stem

# An article is shown if it has enough of what was asked (each word counts by its rarity; less is enough if it has two
# words, since long questions also tell a story), if it says enough about that, and if it is about enough of it: it is
# about a word that is in its title, keywords or headings. A long question asks for no more than _ASKED.
_SHARE, _SHARE_OF_TWO, _SAID, _ABOUT, _SHARE_ABOUT, _ASKED = 0.55, 0.4, 0.2, 0.58, 0.3, 12.0
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
    # By article: how much it says about what was asked, how much of it it has, how much of that it is about, and how
    # many of the words it has. Plain lists, because a search goes through them thousands of times.
    number = len(index.slugs)
    said, share, about, having = [0.0] * number, [0.0] * number, [0.0] * number, [0] * number
    for each in asked_for:
        rarity = each.rarity
        for place, impact, factor in _best(index, each):
            said[place] += impact
            share[place] += rarity
            having[place] += 1
            if impact >= _ABOUT * factor * rarity:
                about[place] += rarity
    hits = [
        Hit(index.slugs[place], round(said[place] * (share[place] / asked) ** 0.5, 3))
        for place in range(number)
        if having[place] and about[place] >= _SHARE_ABOUT * asked and said[place] >= _SAID * asked
        if share[place] >= asked * (_SHARE if having[place] == 1 else _SHARE_OF_TWO)
    ]
    hits.sort(key=lambda hit: (-hit.score, hit.slug))
    return tuple(hit for hit in hits[:most] if hit.score >= _BEHIND * hits[0].score)


def _best(index: Index, wanted: Wanted) -> Iterable[tuple[int, float, float]]:
    """By article, the most that one of the ways to say it counts, and what that way counts by itself."""
    best: dict[int, tuple[int, float, float]] = {}
    for stem, factor in wanted.stems.items():
        for place, impact in index.postings[stem]:
            counts = factor * impact
            if place not in best or counts > best[place][1]:
                best[place] = (place, counts, factor)
    return best.values()
