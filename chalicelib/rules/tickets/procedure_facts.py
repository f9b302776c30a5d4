"""What the complaint procedure notes on a ticket: extensions, referrals, findings, remedies, claims, the final
answer; and how its customer rates it.

All are values; the rules that make them stand in extending, referring, remedying, warranty, concluding and rating.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Fault(StrEnum):
    """Who is at fault, as an agent found it."""

    SELLER = "seller"
    COURIER = "courier"
    MANUFACTURER = "manufacturer"
    CUSTOMER = "customer"
    NOBODY = "nobody"
    UNCLEAR = "unclear"


class OwedBy(StrEnum):
    """Who is to put it right. Against the customer that is always the seller, whoever is at fault: the seller is the
    customer's contract partner. What customers ordered wrongly they may be the ones to send back."""

    SELLER = "seller"
    CUSTOMER = "customer"


class Performer(StrEnum):
    """Who carries out what the seller owes: whom the seller has asked to. It owes the customer nothing."""

    SELLER = "seller"
    COURIER = "courier"
    MANUFACTURER = "manufacturer"
    SERVICE = "service"  # somebody who repairs


class RemedyKind(StrEnum):
    """What puts a complaint right."""

    REFUND = "refund"
    REPLACEMENT = "replacement"
    REPAIR = "repair"
    RETURN = "return"
    REDELIVERY = "redelivery"
    GOODWILL = "goodwill"
    APOLOGY = "apology"
    NONE = "none"


class Outcome(StrEnum):
    """How a ticket ended."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    SPAM = "spam"
    SETTLED = "settled"  # answered, and the customer did not come back to it


@dataclass(frozen=True, slots=True)
class Extension:
    """More time to resolve, told to the customer by the message of this id. The clock moves at `told_at`."""

    id: str
    at: datetime
    by: str
    reason: str
    before: datetime
    """What was promised until then."""
    until: datetime
    told_at: datetime | None = None
    failed_at: datetime | None = None
    carried_at: datetime | None = None
    """When its ticket and another became one: it goes on counting, whichever promise runs on."""


@dataclass(frozen=True, slots=True)
class Referral:
    """A third party was asked. `facts` names what of the ticket it was told, `reminded` how often it was reminded."""

    number: int
    name: str
    address: str
    language: str
    at: datetime
    by: str
    facts: tuple[str, ...] = ()
    party: str | None = None
    """Its id in the policy; None for an address an agent gave."""
    message: str = ""
    """The id of the message that asked."""
    reminded: int = 0
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    """When an agent stopped waiting for an answer."""
    origins: tuple[str, ...] = ()
    """What it was on the tickets that joined this one: "NL-7K3F9-QXMT2/1", the first of them first."""

    @property
    def open(self) -> bool:
        return self.answered_at is None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Finding:
    """Whose fault it is, and why an agent thinks so."""

    fault: Fault
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is to be done, who owes it and who carries it out, by when; the `remedy` clock runs until it is done."""

    cure: RemedyKind
    owed_by: OwedBy
    at: datetime
    by: str
    due: datetime | None = None
    note: str = ""
    done_at: datetime | None = None
    done_by: str | None = None
    carried_out_by: Performer = Performer.SELLER


# Nothing that is still claimed for was bought before.
_FIRST_BOUGHT = date(1950, 1, 1)


def bought_then(purchased: date, today: date) -> bool:
    """Whether something can have been bought that day."""
    return _FIRST_BOUGHT <= purchased <= today


@dataclass(frozen=True, slots=True)
class Claim:
    """What a warranty claim rests on, as far as the customer or an agent has said."""

    purchased: date | None = None
    product: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """The shop's last word, sent by the message of this id; the ticket closes at `told_at`."""

    id: str
    outcome: Outcome
    at: datetime
    by: str
    bodies: bool
    """Whether it says whom else the customer may turn to: before it is sent, as it is to; then, as it did."""
    told_at: datetime | None = None
    named: tuple[str, ...] = ()
    """The consumer bodies it named, once it was sent; there may be none for the customer's country."""


@dataclass(frozen=True, slots=True)
class Rating:
    """How happy the customer is with how they were dealt with, from 1 to 5, and why."""

    score: int
    text: str
    at: datetime
    changes: int = 0
    """How often it was changed."""
