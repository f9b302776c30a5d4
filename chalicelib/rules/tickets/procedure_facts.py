"""The facts of the complaint procedure on a ticket: extensions, referrals, findings, remedies, claims, the final
answer, and the customer's rating.

All are values. The rules that make them are in extending, referring, remedying, warranty, concluding and rating.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

# The policy names these two as well.
from chalicelib.rules.policy.promises import Fault as Fault
from chalicelib.rules.policy.promises import Outcome as Outcome
from chalicelib.rules.tickets.money import written


class OwedBy(StrEnum):
    """Who owes the remedy. Towards the customer that is always the seller, even if somebody else is at fault: the
    seller is the customer's contract partner. Customers may have to send back what they ordered by mistake."""

    SELLER = "seller"
    CUSTOMER = "customer"


class Performer(StrEnum):
    """Who carries out the seller's remedy at the seller's request. The performer owes the customer nothing."""

    SELLER = "seller"
    COURIER = "courier"
    MANUFACTURER = "manufacturer"
    SERVICE = "service"  # a repair shop


class RemedyKind(StrEnum):
    """What puts a complaint right."""

    REFUND = "refund"
    REPLACEMENT = "replacement"
    REPAIR = "repair"
    RETURN = "return"
    REDELIVERY = "redelivery"
    PRICE_REDUCTION = "price_reduction"
    TERMINATION = "termination"  # the contract ends, with the money back
    EXPENSES = "expenses"  # what the matter has cost the customer
    GOODWILL = "goodwill"
    APOLOGY = "apology"
    NONE = "none"


IN_MONEY = (
    RemedyKind.REFUND,
    RemedyKind.PRICE_REDUCTION,
    RemedyKind.TERMINATION,
    RemedyKind.EXPENSES,
    RemedyKind.GOODWILL,
)
"""The remedies that may state an amount."""


class CallEnd(StrEnum):
    """How a call back that was promised ended."""

    REACHED = "reached"
    GIVEN_UP = "given_up"  # nobody answered three times
    WRONG_NUMBER = "wrong_number"
    CANCELLED = "cancelled"
    CLOSED = "closed"  # the ticket was closed before the call, or goes on in another


@dataclass(frozen=True, slots=True)
class CallBack:
    """A call that the shop has promised: in the half hour from `starts_at`, or as soon as possible (None); in any case
    by `until`. `zone`: the customer's time zone where it is not the shop's. `tries`: when nobody answered. `places`:
    what the ticket holds while the call is open (Hold)."""

    until: datetime
    starts_at: datetime | None = None
    zone: str = ""
    tries: tuple[datetime, ...] = ()
    ended: CallEnd | None = None
    ended_at: datetime | None = None
    places: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return self.ended is None

    def over(self, end: CallEnd, at: datetime) -> "CallBack":
        """The call after it ended so; a call that is over stays as it is."""
        return replace(self, ended=end, ended_at=at) if self.open else self


class ChatEnd(StrEnum):
    """How a chat ended."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SILENCE = "silence"
    AS_MESSAGE = "as_message"  # nobody could answer at once, so it is answered by mail
    CLOSED = "closed"  # the ticket was closed, or goes on in another


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation line by line. `at`: when the last line was said, which has the number `lines`; the opening is line
    1. `agent`: the address of who has taken it. `unheard_since`: since when words of the customer wait for a person in
    it. `rung_at`: when all agents who are there were rung about it. `offered_at`: when the customer was offered other
    ways. `places`: that of the list, then that of the agent. `files`: how many files the customer has sent in it."""

    at: datetime
    lines: int = 1
    agent: str = ""
    unheard_since: datetime | None = None
    answered_at: datetime | None = None
    rung_at: datetime | None = None
    offered_at: datetime | None = None
    ended: ChatEnd | None = None
    ended_at: datetime | None = None
    places: tuple[str, ...] = ()
    files: int = 0

    @property
    def open(self) -> bool:
        return self.ended is None

    @property
    def listed(self) -> tuple[str, ...]:
        """The place of a chat that nobody has taken."""
        return self.places[:1]

    def answered_by_mail(self, written: datetime) -> "Chat":
        """The chat after an answer that was written at this moment and left by mail. Nobody waits any more for what was
        said before it; in a chat that no person has answered, the customer still waits for one."""
        waits = self.unheard_since is not None and self.unheard_since > written
        return self if waits or not self.open or self.answered_at is None else replace(self, unheard_since=None)

    def over(self, end: ChatEnd, at: datetime) -> "Chat":
        """The chat after it ended so; one that is over stays as it is."""
        return replace(self, ended=end, ended_at=at, places=()) if self.open else self


@dataclass(frozen=True, slots=True)
class Extension:
    """More time to resolve; the message with this id informs the customer. The clock moves at `told_at`."""

    id: str
    at: datetime
    by: str
    reason: str
    before: datetime
    """The promised date before the extension."""
    until: datetime
    told_at: datetime | None = None
    failed_at: datetime | None = None
    carried_at: datetime | None = None
    """When its ticket was merged with another. It keeps counting towards the limit on the merged ticket."""


@dataclass(frozen=True, slots=True)
class Referral:
    """A question to a third party. `facts` names the facts of the ticket that it was given; `reminded` counts the
    reminders."""

    number: int
    name: str
    address: str
    language: str
    at: datetime
    by: str
    facts: tuple[str, ...] = ()
    party: str | None = None
    """The third party's id in the policy; None for an address that an agent gave."""
    message: str = ""
    """The id of the message with the question."""
    reminded: int = 0
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    """When an agent stopped waiting for an answer."""
    origins: tuple[str, ...] = ()
    """Its references on the tickets that were merged into this one, "NL-7K3F9-QXMT2/1", the oldest first."""

    @property
    def open(self) -> bool:
        return self.answered_at is None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Finding:
    """Who is at fault, and why an agent thinks so."""

    fault: Fault
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """What must be done, who owes it, who carries it out, and by when. The `remedy` clock runs until it is done."""

    remedy_kind: RemedyKind
    owed_by: OwedBy
    at: datetime
    by: str
    due: datetime | None = None
    note: str = ""
    done_at: datetime | None = None
    done_by: str | None = None
    carried_out_by: Performer = Performer.SELLER
    amount: int | None = None
    """Of money, in the smallest unit of the `currency` (ISO 4217); only for remedies in IN_MONEY."""
    currency: str = ""

    @property
    def money(self) -> str:
        """The amount as the standard writes it, "12.50 EUR"; "" if none is stated."""
        return "" if self.amount is None else written(self.amount, self.currency)


# No claim is about a purchase before this date.
_FIRST_BOUGHT = date(1950, 1, 1)


def bought_then(purchased: date, today: date) -> bool:
    """Whether something can have been bought on that day."""
    return _FIRST_BOUGHT <= purchased <= today


@dataclass(frozen=True, slots=True)
class Claim:
    """The facts of a warranty claim, as far as the customer or an agent has given them."""

    purchased: date | None = None
    product: str = ""
    serial: str = ""
    delivered: date | None = None
    """When the goods came, as an agent noted it."""
    repaired: date | None = None
    """When they were repaired as the law's remedy, and the law's period became longer by that."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a known order says of its customer's purchase, so that nobody asks for it (decision 237).

    `paid`: what was paid and not paid back yet, in the smallest unit of the `currency`. `products`: the names of its
    lines.
    """

    bought: date
    delivered: date | None = None
    """When the last piece of all its parcels came; None while one is missing, or nobody tells of it."""
    to_be_sent: bool = False
    """Whether pieces are still to be sent: then not everything can have been delivered."""
    downloads_only: bool = False
    products: tuple[str, ...] = ()
    paid: int = 0
    currency: str = ""

    @property
    def withdraw_from(self) -> date | None:
        """From which day the time to withdraw counts: the delivery of the last piece or, if nothing is ever sent, the
        contract (Directive 2011/83/EU, Article 9(2))."""
        return self.bought if self.downloads_only else self.delivered

    @property
    def money(self) -> str:
        """What was paid and not paid back, "111.90 EUR"; "" if nothing."""
        return written(self.paid, self.currency) if self.paid > 0 else ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A customer's statement that they withdraw from a contract, as they typed it into the withdrawal function. A mail
    that withdraws has only `received_at`: its words are the ticket's first message.

    The rest is what agents noted since: when a proof of the goods' sending came, and when they came back. The day of
    their delivery stands in the ticket's `claim`.
    """

    received_at: datetime
    name: str = ""
    contract: str = ""
    """What identifies the contract, in the customer's words."""
    email: str = ""
    proof_at: datetime | None = None
    goods_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """What an agent (`by`) wrote to the customer at `at`, and what has not left yet: the message `id`. It leaves at
    `leaves_at`; None: only after another agent has read it. `to`: the customer's address for whom it was written."""

    id: str
    by: str
    at: datetime
    leaves_at: datetime | None = None
    to: str = ""


@dataclass(frozen=True, slots=True)
class FinalAnswer:
    """The shop's final answer, sent by the message with this id; the ticket closes at `told_at`."""

    id: str
    outcome: Outcome
    at: datetime
    by: str
    bodies: bool
    """Whether the mail names consumer bodies: before it is sent, whether it will; afterwards, whether it did."""
    told_at: datetime | None = None
    named: tuple[str, ...] = ()
    """The consumer bodies that the sent mail named; there may be none for the customer's country."""


class PublicationState(StrEnum):
    """How far it is that a question and its answer are published."""

    OFFERED = "offered"  # the customer was asked
    PUBLISHED = "published"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"  # by the customer, or by an agent


@dataclass(frozen=True, slots=True)
class Publication:
    """A question about a product and its answer as an agent has written them down for everybody. `id`: also of what is
    published; `sku`: as the catalogue writes it."""

    id: str
    sku: str
    language: str
    question: str
    answer: str
    offered_at: datetime
    by: str
    state: PublicationState = PublicationState.OFFERED
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AdvertFacts:
    """What was said about adverts when the customer gave the address: when they were told that they may object, and
    when they consented."""

    noticed_at: datetime | None = None
    consented_at: datetime | None = None


class HiddenFor(StrEnum):
    """Why the words of a rating are not published, although the customer agreed."""

    LAW = "law"  # a law forbids it
    PERSON_NAMED = "person_named"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class Rating:
    """How satisfied the customer is with the handling, from 1 to 5, and why."""

    score: int
    text: str
    at: datetime
    changes: int = 0
    """How often the customer changed it."""
    nonces: tuple[str, ...] = ()
    """The ids of the forms by which it was given and changed: none of them changes it a second time."""
    told_by: str = ""
    """The message with the last mail that tells the customer what stands, sent or still owed."""
    counted_as: str = ""
    """The kind of ticket under which it counts in the published ratings; "" for one of before these were counted."""
    may_show: bool = False
    """Whether the customer agreed that the words are published."""
    hidden: HiddenFor | None = None
    """Why an agent has taken the words out of the published ones. The score counts all the same."""


@dataclass(frozen=True, slots=True)
class WithdrawnRating:
    """A rating that its customer took back: neither its score nor its words are kept. The other fields are as on
    `Rating`, so that taking back and rating again has the same limits as changing."""

    at: datetime
    changes: int
    nonces: tuple[str, ...] = ()
    told_by: str = ""
    hidden: HiddenFor | None = None
