"""Events that go out to shops' own systems: which are still to be told, and who takes them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # few functions send them
    from chalicelib.rules.orders.duties.telling import OutgoingEvent


class OutgoingEvents(Protocol):
    """The events that shops' systems were not told yet. `services.ports.orders.Orders` writes new ones, with the order
    whose customer chose."""

    def untold(self, shop: str) -> "Iterable[OutgoingEvent]":
        """The shop's events, those that were given up too."""
        ...

    def claim_event(self, before: "OutgoingEvent", after: "OutgoingEvent") -> bool:
        """Store the next state of an event; False if it has changed meanwhile, was told, or gave way to a newer
        choice."""
        ...

    def told(self, event: "OutgoingEvent") -> None:
        """Forget an event that was told. A newer one in its place stays."""


class ShopWebhook(Protocol):
    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Post a body to a shop's system. Raises NotTaken if it does not take it, or may not be asked."""
