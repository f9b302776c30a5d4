"""Who waits for a product that is out of stock, and which products are back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who asked to be told when a product is back. `key`: their blinded mailbox. Until they have confirmed it
    (`confirmed_at`), they are told nothing. At `until` they are forgotten, whether or not they were told."""

    shop: str
    sku: str
    key: str
    address: str
    language: str
    asked_at: datetime
    until: datetime
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """A product that is there again, since when."""

    shop: str
    sku: str
    at: datetime


class WaitingList(Protocol):
    """Reads and writes who waits. SKUs count in whatever case they are written."""

    def ask(self, waiting: Waiting) -> None:
        """Write it, unless the same person waits confirmed already, and their time is not over."""

    def confirm(self, waiting: Waiting) -> bool:
        """Write that they confirmed; False if they are forgotten meanwhile."""

    def waits(self, shop: str, sku: str, key: str) -> Waiting | None: ...

    def confirmed(self, shop: str, sku: str, limit: int) -> Sequence[Waiting]:
        """So many who wait for the product, and have confirmed it."""

    def claim(self, waiting: Waiting, now: datetime, until: datetime) -> bool:
        """Whether the caller may tell them, alone until `until`."""

    def forget(self, waiting: Waiting, now: datetime) -> None:
        """Nothing of theirs is stored any more."""

    def waiting_of(self, shop: str, address: str) -> Sequence[Waiting]:
        """What a person waits for, at most a hundred products. Eventually consistent."""

    def note_back(self, back: Back) -> None:
        """Due-work runs tell who waits for the product, from now on."""

    def back(self, ref: str) -> Back | None:
        """What is due by this reference of the due-work index."""

    def all_told(self, back: Back) -> None:
        """Nothing is due for the product any more, unless it came back again meanwhile."""
