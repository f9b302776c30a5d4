"""Finding tickets by the words in them; counting what was searched for in the help."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.rules.tickets.ticket import Message, Ticket

if TYPE_CHECKING:  # every function imports the ports, and most count nothing of the help
    from chalicelib.rules.help.gaps import Gap, Helped


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


class HelpCounts(Protocol):
    """What was searched for in vain in a shop's help, and which articles helped: counts without persons."""

    def in_vain(self, shop: str, language: str, words: Mapping[str, str], visitor: int, now: datetime) -> None:
        """Count a search that found nothing, for its words: each stem by its blinded key. A stem is stored in letters
        only when enough visitors have searched for it (rules.help.gaps)."""

    def followed(self, shop: str, language: str, words: Mapping[str, str], visitor: int, now: datetime) -> None:
        """Count a search after which the visitor wrote to the shop, in the same way."""

    def gaps(self, shop: str, language: str) -> "Sequence[Gap]":
        """The stems for which enough visitors have searched in vain, or before they wrote."""

    def helped(self, shop: str, language: str, slug: str, *, yes: bool, now: datetime) -> None:
        """Count that an article helped, or did not."""

    def answers(self, shop: str, language: str, since: date, until: date) -> "Sequence[Helped]":
        """What was said of each article on these days, both included, by slug."""
