"""What agents have begun to write."""

from datetime import datetime

from chalicelib.services.ports.tickets import Draft
from tests.support.store.memory.memory import Port


class Drafts(Port):
    """Implements services.ports.tickets.Drafts."""

    def save_draft(self, draft: Draft, until: datetime) -> None:
        self._asked("write")
        earlier = self._memory.saved.get((draft.ref, draft.agent))
        if earlier is None or earlier[0].at <= draft.at:
            self._memory.saved[draft.ref, draft.agent] = draft, until

    def drafts(self, ref: str, now: datetime) -> list[Draft]:
        self._asked("read")
        return [draft for draft, until in self._memory.saved.values() if draft.ref == ref and now < until]
