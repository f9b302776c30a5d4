"""What was searched for in vain in the help, and which articles helped."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from chalicelib.rules.help.gaps import ENOUGH_VISITORS, Gap, Helped
from tests.support.store.memory.memory import Port


class HelpCounts(Port):
    """Implements services.ports.search.HelpCounts."""

    def in_vain(self, shop: str, language: str, words: Mapping[str, str], visitor: int, now: datetime) -> None:
        self._asked("write")
        for blinded, stem in words.items():
            times, visitors, word = self._memory.searched_in_vain.get(
                (shop, language, blinded), (0, frozenset[int](), "")
            )
            visitors |= {visitor}
            shown = word or (stem if len(visitors) >= ENOUGH_VISITORS else "")
            self._memory.searched_in_vain[shop, language, blinded] = (times + 1, visitors, shown)

    def gaps(self, shop: str, language: str) -> Sequence[Gap]:
        self._asked("read")
        items = [(key, item) for key, item in self._memory.searched_in_vain.items() if key[:2] == (shop, language)]
        return sorted((Gap(language, word, times) for _, (times, _, word) in items if word), key=lambda gap: gap.word)

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
