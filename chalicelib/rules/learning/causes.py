"""The cause of a matter, and the signals that something is to be improved."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.patterns import pattern
from chalicelib.rules.tickets.ticket import Ticket

NOTHING = "-"
"""In the place of a part that is not known."""
_ID = pattern(r"[a-z0-9][a-z0-9_-]{0,39}")

Counts = Mapping[str, int]
"""Numbers by name. A name's parts have no spaces, and are joined by one."""


class Signal(StrEnum):
    """What says that something went wrong."""

    LOW_RATING = "low_rating"
    MISSED = "missed"  # a promise
    REOPENED = "reopened"
    FEEDBACK = "feedback"  # somebody could not do what they wanted to do
    PRICE_ERROR = "price_error"


OF_TICKETS = (Signal.LOW_RATING, Signal.MISSED, Signal.REOPENED)
"""The signals that tickets give. The others are noted one by one (services.learning.signalling)."""
PRICE, PAGES = "price", "pages"
"""What signals that come from no ticket are about; they have words under `reports.topic`."""


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """What a matter was about, and who was at fault; "" where nobody has said so yet."""

    topic: str = ""
    fault: str = ""

    @property
    def parts(self) -> tuple[str, str]:
        return self.topic or NOTHING, self.fault or NOTHING

    @classmethod
    def of(cls, ticket: Ticket) -> "Cause":
        return cls(ticket.topic or "", ticket.finding.fault if ticket.finding else "")

    @classmethod
    def read(cls, *parts: str) -> "Cause":
        return cls(*("" if part == NOTHING else part for part in parts))

    @property
    def well_formed(self) -> bool:
        """Whether its parts can be parts of a name."""
        return all(not part or _ID.fullmatch(part) for part in (self.topic, self.fault))


def named(*parts: str) -> str:
    return " ".join(parts)


def of_signal(signal: Signal, cause: Cause) -> str:
    """The name under which a signal of this cause is counted."""
    return named("signal", signal, *cause.parts)


def signals(counts: Counts) -> dict[Cause, int]:
    """How many signals there are of each cause, whatever their sort."""
    found: dict[Cause, int] = {}
    for name, number in counts.items():
        first, *rest = name.split(" ")
        if first == "signal" and number:
            cause = Cause.read(*rest[1:])
            found[cause] = found.get(cause, 0) + number
    return found
