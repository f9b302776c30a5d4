"""How a ticket is kept: whether it may be deleted, whether a deletion has begun, and what proves that nobody altered
it.

None of this is about the customer's matter. The table and the seal have these values among the ticket's own fields,
because the purge's conditions check them there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Custody:
    """How a ticket is kept."""

    legal_hold: str | None = None
    """The reason of the legal hold; while it is set, nothing of the ticket may be deleted, even after its retention."""
    former_words: tuple[str, ...] = ()
    """Words (blinded, as in the search index) that the ticket may no longer contain: a customer's data was corrected,
    or an address noted on the ticket."""
    leaving: tuple[str, ...] = ()
    """The people who are being taken out of the ticket, each as the (blinded) word of their address. A legal hold
    placed after that comes too late."""
    log_head: str = ""
    """The head of its log's chain, and the seal of this version (rules.privacy.hash_chain); "" only before the first
    commit."""
    purging: str = ""
    """The certificate of the purge that has begun on the ticket; from then on only that purge may change it."""

    def with_former_words(self, words: Iterable[str]) -> "Custody":
        return replace(self, former_words=tuple(dict.fromkeys((*self.former_words, *words))))

    def without_former_words(self, words: Collection[str]) -> "Custody":
        return replace(self, former_words=tuple(word for word in self.former_words if word not in words))

    def taking_out(self, marks: Iterable[str]) -> "Custody":
        """The custody while the person with these marks is being taken out."""
        return replace(self, leaving=(*self.leaving, *marks))

    def taken_out(self, marks: Collection[str]) -> "Custody":
        """The custody after the person with these marks was taken out."""
        return replace(self, leaving=tuple(mark for mark in self.leaving if mark not in marks))
