"""Feedback that nobody's address came with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # every function imports the ports, and most take no feedback
    from chalicelib.rules.feedback.said import KeptFeedback


class AnonymousFeedback(Protocol):
    """Feedback without an address, by its day."""

    def keep_feedback(self, shop: str, id: str, feedback: "KeptFeedback") -> None:
        """Keep it until its time is over. The same `id` on the same day is kept once."""

    def latest_feedback(self, shop: str, limit: int) -> Sequence["KeptFeedback"]:
        """The newest, in one request; of one day in no order that says who came first."""
