"""How a ticket is kept: whether it may be deleted, what has begun to be, and what proves that nobody has altered it.

None of it is about the customer's matter. In the table and under the seal it stands among the ticket's own fields, as
the purge's conditions ask for it there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Custody:
    """How a ticket is kept."""

    hold: str | None = None
    """Why nothing of the ticket may be deleted, however long it has been kept."""
    former_words: tuple[str, ...] = ()
    """Words (blinded, as in the index) that may stand in it no longer: what was said of its customer was corrected, or
    an address noted on it."""
    leaving: tuple[str, ...] = ()
    """Who is being taken out of it, each by the (blinded) word of their address: a hold put since comes too late."""
    log_head: str = ""
    """Where the chain of its log stands, and the seal of this version (rules.privacy.hash_chain); "" only until it is
    committed."""
    purging: str = ""
    """The certificate of the purge that has begun on it; then only that purge may touch it."""

    def with_former_words(self, words: Iterable[str]) -> "Custody":
        return replace(self, former_words=tuple(dict.fromkeys((*self.former_words, *words))))

    def without_former_words(self, words: Collection[str]) -> "Custody":
        return replace(self, former_words=tuple(word for word in self.former_words if word not in words))

    def taking_out(self, marks: Iterable[str]) -> "Custody":
        """The custody while the person of these marks is being taken out."""
        return replace(self, leaving=(*self.leaving, *marks))

    def taken_out(self, marks: Collection[str]) -> "Custody":
        """The custody once they are out."""
        return replace(self, leaving=tuple(mark for mark in self.leaving if mark not in marks))
