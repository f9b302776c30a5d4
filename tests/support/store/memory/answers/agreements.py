"""Contact agreements in memory."""

from datetime import datetime

from chalicelib.rules.procedure.answers.agreement import Agreement
from tests.support.store.memory.memory import Port


class Agreements(Port):
    """Implements services.ports.answers.agreements.Agreements."""

    def keep_agreement(self, shop: str, key: str, agreement: Agreement) -> None:
        self._asked("write")
        self._memory.agreed[shop, key] = agreement

    def end_agreement(self, shop: str, key: str, now: datetime) -> None:
        self._asked("write")
        self._memory.agreed.pop((shop, key), None)

    def agreement(self, shop: str, key: str) -> Agreement | None:
        self._asked("read")
        return self._memory.agreed.get((shop, key))
