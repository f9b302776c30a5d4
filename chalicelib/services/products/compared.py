"""What a search compares with a question: the stems of the published answers, without their words. A process reads
them when the table's mark says that they have changed. Nothing of this is shown: what is shown is read at each search
(decision 276)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from weakref import WeakKeyDictionary

from chalicelib.rules.help.index import Index
from chalicelib.rules.help.words import words
from chalicelib.rules.policy.model import Shop
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.published import AnswerKey, PublishedAnswer, PublishedAnswers
from chalicelib.services.products.offered import Offered, offered

COMPARED = 200
"""With so many answers each question is compared."""
_READ = 600
"""So many letters of an answer are compared: what it is about stands at its beginning."""
KEPT = timedelta(minutes=10)
"""They are read again after so long, whatever the mark says: it may not have been written."""


@dataclass(frozen=True, slots=True)
class Compared:
    """An answer as a search sees it: `stems` of its product's name, its question and its beginning."""

    key: AnswerKey
    at: datetime
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Read:
    mark: str
    at: datetime
    answers: Sequence[Compared]


_read: WeakKeyDictionary[PublishedAnswers, dict[tuple[str, str], _Read]] = WeakKeyDictionary()


def compared(deps: Deps, shop: Shop, language: str, index: Index) -> Sequence[Compared]:
    """The answers of the shop in the language that are compared."""
    kept, now, place = _read.setdefault(deps.answers, {}), deps.now(), (shop.id, language)
    mark, last = deps.answers.changed(shop.id, language), kept.get(place)
    if last is None or last.mark != mark or not last.at <= now < last.at + KEPT:
        known = {(each.key, each.at): each for each in last.answers} if last else {}
        stem = _stem(deps, index)
        chosen = _fairly(offered(deps, shop, deps.answers.all_published(shop.id, language)))
        answers = [known.get((each.key, each.at)) or _compared(each, name, index, stem) for each, name in chosen]
        last = kept[place] = _Read(mark, now, answers)
    return last.answers


def _compared(answer: PublishedAnswer, product: str, index: Index, stem: Callable[[str], str]) -> Compared:
    text = f"{product} {answer.question} {answer.answer[:_READ]}"
    return Compared(answer.key, answer.at, frozenset(stem(word) for word in words(text, index.language)))


def _stem(deps: Deps, index: Index) -> Callable[[str], str]:
    """Stems each word once; the index has the stems of most."""
    cut = deps.help.stem(index.language)
    return cache(lambda word: index.words.get(word) or index.stem(cut, word))


def _fairly(published: Sequence[Offered]) -> list[Offered]:
    """As many as are compared: the newest of each product, then the second of each, and so on. So neither a SKU late in
    the alphabet nor a product with few questions is left out, until there are more products than answers compared."""
    before = Counter[str]()
    ranks: dict[int, list[Offered]] = defaultdict(list)
    for each in sorted(published, key=lambda each: each[0].at, reverse=True):
        ranks[before[each[0].key.sku]].append(each)
        before[each[0].key.sku] += 1
    return list(chain.from_iterable(ranks[rank] for rank in sorted(ranks)))[:COMPARED]
