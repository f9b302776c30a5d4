"""What a shop promises per kind of ticket: its periods, their extension and escalation, retention, and topics."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from chalicelib.rules.timing.periods import Period

Text = Mapping[str, str]
"""The same words per language code."""

QUESTION, COMPLAINT, WARRANTY, DATA_REQUEST = "question", "complaint", "warranty", "data_request"
"""The kinds that have rules of their own."""
KINDS = (QUESTION, COMPLAINT, "feedback", WARRANTY, "return", DATA_REQUEST)
Recipient = Literal["assignee", "team", "owner"]
"""Who gets an escalation's mail: the ticket's agent, all agents who are notified of new tickets, or the shop's owners.
"""
AdvertBasis = Literal["none", "existing_customer", "consent"]
"""Why adverts may be mailed (rules.tickets.advertising)."""


class Fault(StrEnum):
    """Who is at fault, as an agent found it."""

    SELLER = "seller"
    COURIER = "courier"
    MANUFACTURER = "manufacturer"
    CUSTOMER = "customer"
    NOBODY = "nobody"
    UNCLEAR = "unclear"


class Outcome(StrEnum):
    """How a ticket ended."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    SETTLED = "settled"  # answered, and the customer did not reply
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Adverts:
    """On what legal basis the shop mails adverts to customers; "none": it does not."""

    basis: AdvertBasis = "none"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens before a promise is broken ("warn"), when it is broken ("due"), and each day after ("daily")."""

    at: Literal["warn", "due", "daily"]
    mail: tuple[Recipient, ...]
    priority: Literal["high", "urgent"] | None = None
    reassign: Literal["owner"] | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """How far beyond its resolve date a ticket may be extended in total, and how often."""

    limit: Period
    times: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of ticket and its promises; None where the shop promises nothing."""

    id: str
    label: Text
    acknowledge: Period
    first_answer: Period | None
    resolve: Period | None
    extension: Extension | None
    warn: Period | None
    """How long before a promise is due the agents are warned."""
    escalation: tuple[Step, ...]
    retain: Period
    """How long a closed ticket is kept."""
    retain_for: Mapping[str, Period]
    """The outcomes (`Outcome`) with a retention period other than `retain`."""
    pause_first_answer: bool
    """Whether the clock of an answer pauses while the shop waits for the customer."""
    close_after: Period | None = None
    """How long after an answer the ticket closes if the customer does not reply; None: it never closes automatically.
    """

    def retention(self, outcome: str | None = None) -> Period:
        return self.retain_for.get(outcome or "", self.retain)

    def steps(self, at: str) -> Iterator[Step]:
        return (step for step in self.escalation if step.at == at)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a ticket is about; `kinds` empty means any kind. `fault` is only the desk's first suggestion."""

    id: str
    label: Text
    kinds: tuple[str, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Referrals:
    """The period for a third party's answer and the period between reminders, for parties without their own."""

    answer: Period
    reminder: Period


@dataclass(frozen=True, slots=True)
class Guarantees:
    """How long the law (`statutory`) and the shop or manufacturer (`commercial`) guarantee a purchase."""

    statutory: Period
    commercial: Period | None = None
