"""Which tickets a word stands in."""

from collections.abc import Iterable, Sequence

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
