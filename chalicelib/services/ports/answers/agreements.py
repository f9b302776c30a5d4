"""The contact agreements with customers."""

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # every function imports the ports, and few shops have agreements
    from chalicelib.rules.procedure.answers.agreement import Agreement


class Agreements(Protocol):
    def keep_agreement(self, shop: str, key: str, agreement: "Agreement") -> None:
        """Record what was agreed with a (blinded) mailbox, in place of what was agreed before. It expires at its
        end."""

    def end_agreement(self, shop: str, key: str, now: datetime) -> None:
        """Forget what was agreed; without an agreement, nothing changes."""

    def agreement(self, shop: str, key: str) -> "Agreement | None":
        """What was agreed with this mailbox, in one request; it may be over by now."""
