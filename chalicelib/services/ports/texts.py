"""Text messages (SMS): sending them."""

from datetime import timedelta
from typing import Protocol


class TextMessages(Protocol):
    def send(self, number: str, text: str, identity: str, price: int, life: timedelta) -> str:
        """Send a text message once and return its id. `number`: as E.164 writes it; `identity`: what it comes from;
        `price`: what one part may cost, in US cents; `life`: how long a phone that is off may get it later. Raises
        NotSent; after `unanswered` it may have been sent."""
