"""Which articles answer a question."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import partial

from chalicelib.rules.help.index import Index
from chalicelib.rules.help.leaning import Sight, leans
from chalicelib.rules.help.nearest import NO_ARTICLE, near
from chalicelib.rules.help.wanting import Wanted, said_words, wanted
from chalicelib.rules.help.words import Stem

# Two things are compared with what was asked: what the article says (each word counts by its rarity), and the questions
# that it is known to answer. Two more say of the question by itself whether any article answers it: how near it is to
# questions that none answers, by _ELSEWHERE, and how it is put, by _LEANING. If the best article has not _LEAST by
# itself, or with these not _ENOUGH, nothing is shown; nor is one that is far _BEHIND the best. A logistic regression
# over questions whose answer is known gave the weights (decision 277).
_LEAST, _ENOUGH, _BEHIND, _ELSEWHERE, _LEANING = 0.5, 0.1, 0.4, 1.3, 0.26
# In rare words: a long story asks for no more than so many, and "lamp" alone, which says nearly nothing about what is
# asked, is answered by nothing that says only that.
_LEAST_ASKED, _MOST_ASKED = 0.85, 2.1
# Of what is asked, a text that is no article has so much. One word of a longer question is not enough.
_SHARE_AMONG, _MOST_ASKED_AMONG = 0.6, 3.0


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may answer, and how well."""

    slug: str
    score: float


def search(index: Index, cut: Stem, question: str, most: int) -> tuple[Hit, ...]:
    """The articles that answer the question, the best first; none if none is good enough. `cut`: cuts a regular word of
    the index's language to its stem."""
    said, share = _said(index, wanted(index, cut, question))
    asked, stem = said_words(index, question), partial(index.stem, cut)
    like = near(index.examples, asked, stem)
    answered = _LEANING * leans(index.leaning, asked, Sight(stem, index.stop, index.things))
    answered -= _ELSEWHERE * like.get(NO_ARTICLE, 0.0)
    scores = [round((like.get(place, 0.0) + said[place]) * share[place], 3) for place in range(len(said))]
    best = max(scores, default=0.0)
    if best < _LEAST or best + answered < _ENOUGH:
        return ()
    hits = [Hit(slug, score) for slug, score in zip(index.slugs, scores, strict=True) if score >= _BEHIND * best]
    return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.slug))[:most])


def among(index: Index, cut: Stem, question: str, texts: Sequence[Set[str]], most: int) -> tuple[int, ...]:
    """Which of these texts, which are no articles but the stems of some, have most of what the question asks for, the
    best first. What a word counts is what it counts among the articles."""
    asked_for = wanted(index, cut, question)
    if not asked_for:
        return ()
    asked = _asked(index, asked_for, _MOST_ASKED_AMONG)
    had = []
    for at, stems in enumerate(texts):
        has = (each.rarity for each in asked_for if each.unknown in stems or not stems.isdisjoint(each.stems))
        had.append((-sum(has) / asked, at))
    return tuple(at for share, at in sorted(had)[:most] if -share >= _SHARE_AMONG)


def _said(index: Index, asked_for: Sequence[Wanted]) -> tuple[Sequence[float], Sequence[float]]:
    """For each article, how much of what was asked it says, and of which part it has a word. If nothing is asked for,
    because all words say nothing, it has all of that."""
    if not asked_for:
        return [0.0] * len(index.slugs), [1.0] * len(index.slugs)
    asked = _asked(index, asked_for)
    least = max(asked, _LEAST_ASKED * index.rare)
    said, share = [0.0] * len(index.slugs), [0.0] * len(index.slugs)
    for each in asked_for:
        for place, impact in _best(index, each):
            said[place] += impact / least
            share[place] = min(1.0, share[place] + each.rarity / asked)
    return said, share


def _asked(index: Index, asked_for: Sequence[Wanted], most: float = _MOST_ASKED) -> float:
    """How much the question asks for, no more than `most` rare words do."""
    return min(sum(each.rarity for each in asked_for), most * index.rare)


def _best(index: Index, wanted: Wanted) -> Iterable[tuple[int, float]]:
    """By article, the most that one of the ways to say it counts."""
    best: dict[int, float] = {}
    for stem, factor in wanted.stems.items():
        for place, impact in index.postings[stem]:
            best[place] = max(best.get(place, 0.0), factor * impact)
    return best.items()
