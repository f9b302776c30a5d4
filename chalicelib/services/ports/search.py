"""Finding tickets by the words in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.rules.tickets.ticket import Message, Ticket


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Where a word's list names a ticket: by its opening and its reference."""

    opened_at: datetime
    ref: str


IndexedItem = Ticket | Message | str
"""A new ticket, a new message, or the reference of a ticket of which something may have been corrected or rated."""


class SearchIndex(Protocol):
    """The tickets in which a (blinded) word stands."""

    def index_words(self, shop: str, words: Iterable[str], mention: SearchHit) -> None:
        """Put a ticket into the lists of these (blinded) words; again, it changes nothing."""

    def hits(self, shop: str, word: str, limit: int, after: SearchHit | None = None) -> tuple[list[SearchHit], bool]:
        """A word's list, newest ticket first, or what follows `after`, in one request; and whether it goes on."""

    def find_mentions(self, shop: str, words: Sequence[Sequence[str]], among: Sequence[SearchHit]) -> list[SearchHit]:
        """Those of these tickets that stand in the lists of all the words, each as it may be blinded."""
