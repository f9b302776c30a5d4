"""The shops' own systems, asked for what their webhooks may have missed."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # few functions ask them
    from chalicelib.rules.events.source_keys import Api


@dataclass(frozen=True, slots=True)
class Page:
    """Orders as the system wrote them. `next`: where the list goes on, "" at its end."""

    body: bytes
    next: str = ""


class ShopApi(Protocol):
    def orders(self, source: str, api: "Api", since: datetime, place: str = "") -> Page:
        """A page of the orders that changed since then, those that changed first first. `place`: the `next` of the page
        before. Raises ShopApiError."""
        ...
