"""Finding tickets by the words in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.rules.tickets.ticket import Message, Ticket


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A ticket's place in a word's list: by its opening time and its reference."""

    opened_at: datetime
    ref: str


IndexedItem = Ticket | Message | str
"""A new ticket, a new message, or the reference of a ticket that may have been corrected or rated."""


class SearchIndex(Protocol):
    """The tickets that contain a (blinded) word."""

    def index_words(self, shop: str, words: Iterable[str], mention: SearchHit) -> None:
        """Put a ticket into the lists of these (blinded) words. Repeating it changes nothing."""

    def hits(self, shop: str, word: str, limit: int, after: SearchHit | None = None) -> tuple[list[SearchHit], bool]:
        """A word's list, newest ticket first, or what follows `after`, in one request; and whether there is more."""

    def find_mentions(self, shop: str, words: Sequence[Sequence[str]], among: Sequence[SearchHit]) -> list[SearchHit]:
        """Those of these tickets that are in the lists of all the words; each word is given in every form in which it
        may be blinded."""
