"""Which tickets a word stands in; what was searched for in vain in the help, and which articles helped."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from chalicelib.rules.help.gaps import ENOUGH_VISITORS, Gap, Helped
from chalicelib.services.ports.search import SearchHit
from tests.support.store.memory.memory import Port


class SearchIndex(Port):
    """Implements services.ports.search.SearchIndex."""

    def index_words(self, shop: str, words: Iterable[str], mention: SearchHit) -> None:
        for word in words:
            self._asked("write")
            self._memory.words.setdefault((shop, word), set()).add(mention)

    def hits(self, shop: str, word: str, limit: int, after: SearchHit | None = None) -> tuple[list[SearchHit], bool]:
        self._asked("read")
        every = sorted(self._memory.words.get((shop, word), ()), key=lambda m: (m.opened_at, m.ref), reverse=True)
        rest = [m for m in every if after is None or (m.opened_at, m.ref) < (after.opened_at, after.ref)]
        return rest[:limit], len(rest) > limit

    def find_mentions(self, shop: str, words: Sequence[Sequence[str]], among: Sequence[SearchHit]) -> list[SearchHit]:
        self._asked("read")
        held = [[self._memory.words.get((shop, reading), set()) for reading in word] for word in words]
        return [m for m in among if all(any(m in hits for hits in word) for word in held)]


class HelpCounts(Port):
    """Implements services.ports.search.HelpCounts."""

    def in_vain(self, shop: str, language: str, words: Mapping[str, str], visitor: int, now: datetime) -> None:
        self._count(shop, language, words, visitor, (1, 0))

    def followed(self, shop: str, language: str, words: Mapping[str, str], visitor: int, now: datetime) -> None:
        self._count(shop, language, words, visitor, (0, 1))

    def _count(self, shop: str, language: str, words: Mapping[str, str], visitor: int, more: tuple[int, int]) -> None:
        self._asked("write")
        for blinded, stem in words.items():
            times, followed, visitors, word = self._memory.searched.get(
                (shop, language, blinded), (0, 0, frozenset[int](), "")
            )
            visitors |= {visitor}
            shown = word or (stem if len(visitors) >= ENOUGH_VISITORS else "")
            self._memory.searched[shop, language, blinded] = (times + more[0], followed + more[1], visitors, shown)

    def gaps(self, shop: str, language: str) -> Sequence[Gap]:
        self._asked("read")
        items = [item for key, item in self._memory.searched.items() if key[:2] == (shop, language)]
        gaps = (Gap(language, word, times, followed) for times, followed, _, word in items if word)
        return sorted(gaps, key=lambda gap: gap.word)

    def helped(self, shop: str, language: str, slug: str, *, yes: bool, now: datetime) -> None:
        self._asked("write")
        self._memory.said_helped.append((shop, language, now.date(), slug, yes))

    def answers(self, shop: str, language: str, since: date, until: date) -> Sequence[Helped]:
        self._asked("read")
        said = [
            (slug, yes)
            for of, spoken, day, slug, yes in self._memory.said_helped
            if (of, spoken) == (shop, language) and since <= day <= until
        ]
        return [
            Helped(slug, said.count((slug, True)), said.count((slug, False)))
            for slug in sorted({each for each, _ in said})
        ]
