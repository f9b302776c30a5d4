"""What people searched for in vain, or before they wrote, counted without saying who they are (decisions 227, 244); and
how often one source may search."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

ENOUGH_VISITORS = 5
"""A word is stored and shown only when so many visitors have searched for it."""
VISITORS = 64
"""Visitors are told apart by a number below this: enough to count five, and too few to find one again."""
KEPT = timedelta(days=90)
"""How long a word is kept after it was last searched for in vain."""
DAYS_KEPT = timedelta(days=400)
MOST_WORDS = 5
"""Words that are counted of one question."""
MOST_SHOWN = 5
MOST_A_DAY = 1_000
"""Searches of a shop in one language whose words are counted on a day, whoever searches."""
MOST_NAMED = 500
"""Words in letters that are looked through for those that are needed most."""
PER_MINUTE = 60
"""Searches of one source in a minute. While somebody writes, a page asks about once in two seconds."""
TOLD_AT_ONCE = 10
"""After so many searches, a process tells the table."""
COUNTED_A_DAY = 20
"""Searches in vain of one source whose words are counted. Nobody lacks more articles in a day."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stem that was searched for: how many times in vain, and how many times somebody then wrote to the shop."""

    language: str
    word: str
    times: int
    followed: int = 0


@dataclass(frozen=True, slots=True)
class Helped:
    """How often an article was said to have helped, and not to."""

    slug: str
    yes: int
    no: int


def worst(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Those about which an article is needed most."""
    return tuple(sorted(gaps, key=lambda gap: (-gap.times - gap.followed, gap.language, gap.word))[:MOST_SHOWN])
