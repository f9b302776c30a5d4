"""Feedback without an address, in memory."""

from collections.abc import Sequence

from chalicelib.rules.feedback.said import KeptFeedback
from tests.support.store.memory.memory import Port


class AnonymousFeedback(Port):
    """Implements services.ports.feedback.anonymous.AnonymousFeedback."""

    def keep_feedback(self, shop: str, id: str, feedback: KeptFeedback) -> None:
        self._asked("write")
        self._memory.feedback.setdefault((shop, feedback.day, id), feedback)

    def latest_feedback(self, shop: str, limit: int) -> Sequence[KeptFeedback]:
        self._asked("read")
        found = sorted((key for key in self._memory.feedback if key[0] == shop), reverse=True)
        return [self._memory.feedback[key] for key in found[:limit]]
