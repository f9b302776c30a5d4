"""What a shop promises per kind of ticket: its periods, their extension and escalation, retention, and topics."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from chalicelib.rules.timing.periods import Period, Unit
from chalicelib.rules.timing.worktime import Interval

Text = Mapping[str, str]
"""The same words per language code."""

QUESTION, COMPLAINT, WARRANTY, DATA_REQUEST = "question", "complaint", "warranty", "data_request"
FEEDBACK = "feedback"
RETURN = "return"
PRIVACY_COMPLAINT = "privacy_complaint"
WITHDRAWAL = "withdrawal"
"""The kinds that have rules of their own."""
BEFORE_BUYING = "before_buying"
"""The topic of questions before buying. The form asks for no order then."""
FIRST_KINDS = (QUESTION, COMPLAINT, FEEDBACK, WARRANTY, RETURN, DATA_REQUEST)
"""The kinds of release 0.1.0. Every policy states them."""
KINDS = (
    *FIRST_KINDS,
    PRIVACY_COMPLAINT,
    WITHDRAWAL,
)
"""All kinds. What a policy does not state about a later one is built in (policy.later_kinds)."""
ABOUT_DATA = (DATA_REQUEST, PRIVACY_COMPLAINT)
"""The kinds about the customer's personal data. The law's time for them counts from the opening, only data protection
authorities are named in their answers, and they are followed by no request for a rating."""
ACKNOWLEDGED_BY_LAW = (WITHDRAWAL, PRIVACY_COMPLAINT)
"""The kinds whose receipt the law has a shop acknowledge (docs/law.md)."""
NO_ARTICLES = frozenset({*ABOUT_DATA, WITHDRAWAL, COMPLAINT})
"""The kinds for which no article of the help is offered: who withdraws, complains or asks for data is not to be talked
out of it (decision 225)."""
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
    SELF_SERVED = "self_served"  # the customer says that an article of the help answered it, before the shop did
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
    progress: Period | None = None
    """How long after the last answer, or at first after the opening, the customer is owed word of the progress; None:
    the shop owes none."""
    offered: bool = True
    """Whether customers may choose it and mails may open it. Tickets that have the kind keep it either way."""

    def retention(self, outcome: str | None = None) -> Period:
        return self.retain_for.get(outcome or "", self.retain)

    def steps(self, at: str) -> Iterator[Step]:
        return (step for step in self.escalation if step.at == at)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a ticket is about; `kinds` empty means any kind. `fault` is only the desk's first suggestion.
    `first_answer`: a promise that is tighter than its kinds'."""

    id: str
    label: Text
    kinds: tuple[str, ...] = ()
    fault: Fault | None = None
    first_answer: Period | None = None


@dataclass(frozen=True, slots=True)
class Referrals:
    """The period for a third party's answer and the period between reminders, for parties without their own."""

    answer: Period
    reminder: Period


_14_DAYS, _2_WORKING_DAYS = Period(14, Unit.DAYS), Period(2, Unit.WORKING_DAYS)
_4_WEEKS = Period(28, Unit.DAYS)


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """What owners are told about how the shop does. `monthly`: whether they get a mail about each month.
    `improve_within`: by when an improvement that was proposed is to be made."""

    monthly: bool = True
    improve_within: Period = _4_WEEKS


@dataclass(frozen=True, slots=True)
class WithdrawalTerms:
    """What applies when a customer withdraws from a contract. The defaults are the law's (Directive 2011/83/EU,
    Articles 9, 13 and 14; docs/law.md)."""

    period: Period = _14_DAYS
    """How long after the delivery a customer may withdraw."""
    refund: Period = _14_DAYS
    """By when the refund is made, counted from the statement."""
    send_back: Period = _14_DAYS
    """By when the customer sends the goods back, counted from the statement."""
    wait_for_goods: bool = False
    """Whether the refund waits for the goods or for a proof of their sending, whichever comes first."""
    after_goods: Period = _2_WORKING_DAYS
    """How soon after that the refund follows, if `refund` is over by then."""


@dataclass(frozen=True, slots=True)
class ReviewService:
    """A service outside on which customers can rate the shop, too."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ExpenseTariff:
    """What is paid to customers to whom a matter cost something by the shop's fault or lateness, in the smallest unit
    of the currency (ISO 4217); `most`: for one matter, without a person's decision."""

    currency: str
    most: int
    call_minute: int = 0
    hour: int = 0
    """Of the customer's own time."""
    postage: bool = True
    """Whether postage is paid, by receipt."""


@dataclass(frozen=True, slots=True)
class FeedbackTerms:
    """What the shop asks in public, and what it publishes of itself."""

    form: bool = True
    """Whether the form for feedback on the shop's electronic services is open."""
    ratings: bool = False
    """Whether the ratings of all customers are published."""
    record: bool = False
    """Whether the record of promises kept and missed is published."""
    services: tuple[ReviewService, ...] = ()
    """Named after every rating, in the same words whatever the score."""


@dataclass(frozen=True, slots=True)
class SecondReader:
    """Which answers leave only after a second agent has read them: those to tickets of these kinds or topics, with a
    remedy of this amount or more (in the smallest unit of the shop's currency; any amount in another), or whose
    customer writes in heat."""

    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    amount: int | None = None
    heat: bool = False


@dataclass(frozen=True, slots=True)
class DeskTerms:
    """How careful the desk is with answers. `undo_minutes`: how long one can be taken back; 0: it leaves at once.
    `agreements`: whether admins may make contact agreements with customers."""

    undo_minutes: int = 0
    second_reader: SecondReader = SecondReader()
    agreements: bool = False


@dataclass(frozen=True, slots=True)
class TextTerms:
    """From whom and how often text messages (SMS) go to people whose call nobody answered."""

    identity: str
    """What AWS End User Messaging sends them from: a phone number, a sender ID, or the id of a pool."""
    a_day: int = 50
    """How many are sent in a day."""
    price: int = 15
    """What one part of a message may cost, in US cents; above it AWS does not send it."""


@dataclass(frozen=True, slots=True)
class CallTerms:
    """Whether, when and whom the shop calls back. Without windows it offers no calls."""

    windows: tuple[tuple[Interval, ...], ...] = ()
    """Per weekday, Monday first: when people call back, in the shop's time."""
    soon: int = 30
    """Within how many minutes of the windows a call "as soon as possible" is made."""
    per_slot: int = 2
    """How many calls are promised in the same half hour."""
    days: int = 5
    """For how many of the next days with windows slots are offered."""
    countries: tuple[str, ...] = ()
    """Whose phone numbers are called; empty: the shop's own country only."""
    number: str | None = None
    """The number that the customer's phone shows; None: the policy does not say."""
    missed_a_day: int = 10
    """How many missed calls become call backs in a day; further ones wait in quarantine. Fewer than a day has places,
    so that forged numbers do not take them all."""
    texts: TextTerms | None = None
    """None: who called in vain gets no text message."""

    @property
    def offered(self) -> bool:
        return any(self.windows)


class TemplateValue(StrEnum):
    """What stands in a message template's places."""

    REFERENCE = "reference"  # the ticket's
    LINK = "link"  # to the customer's page
    SHOP = "shop"  # its name
    TEXT = "text"  # an agent's own words, in one line


LONGEST_TEMPLATE = 1024
"""Characters of a message template, as it is approved and as it is sent (Cloud API, error 132005)."""
LINK_TAKES = 200
"""So many of them are kept for each link to a customer's page; links are shorter."""


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """A message that WhatsApp has approved, and that may be sent after its window. `name`, `language` and `text` as
    WhatsApp knows them; `values`: what stands in {{1}}, {{2}} and so on; `answers`: whether it is the answer, and not
    only a request to write."""

    name: str
    language: str
    text: str
    values: tuple[TemplateValue, ...] = ()
    answers: bool = False

    @property
    def key(self) -> str:
        return f"{self.name}/{self.language}"

    @property
    def room(self) -> int:
        """Characters of its text with all that is said in its places, but for the links."""
        return LONGEST_TEMPLATE - LINK_TAKES * self.values.count(TemplateValue.LINK)


@dataclass(frozen=True, slots=True)
class MessageTerms:
    """By which of our own numbers customers write to the shop, and what it may say there."""

    aws_numbers: tuple[str, ...] = ()
    """At AWS End User Messaging: telephone numbers of text messages, and the ids of WhatsApp's numbers."""
    public_reply: bool = True
    """Whether a public comment gets one short reply below it, with the link to the contact form."""
    new_an_hour: int = 120
    """How many tickets people open in an hour, at one account, who had none before; further ones wait in
    quarantine. Of all accounts twice as many."""
    templates: tuple[MessageTemplate, ...] = ()


_ANSWER, _SILENCE = Period(2, Unit.MINUTES), Period(15, Unit.MINUTES)


@dataclass(frozen=True, slots=True)
class ChatTerms:
    """When people answer in the chat, and how soon. Without hours the shop offers no chat."""

    hours: tuple[tuple[Interval, ...], ...] = ()
    """Per weekday, Monday first, in the shop's time."""
    answer: Period = _ANSWER
    """Within which time of these hours a person has answered the first words."""
    ring_after: int = 45
    """In seconds: when a chat has waited so long until somebody takes it, all agents who are there are rung."""
    per_agent: int = 4
    """How many chats one agent has at the same time."""
    silence: Period = _SILENCE
    """After which time without a word a chat ends."""

    @property
    def offered(self) -> bool:
        return any(self.hours)


@dataclass(frozen=True, slots=True)
class Guarantees:
    """How long the law (`statutory`) and the shop or manufacturer (`commercial`) guarantee a purchase."""

    statutory: Period
    commercial: Period | None = None
    statutory_by_country: Mapping[str, Period] = field(default_factory=dict)
    """By the country where the consumer lives, where its law gives another period."""
    given_by: Literal["producer", "shop"] | None = None
    """Who gives the commercial guarantee; None: the policy does not say."""
    covers: Literal["whole", "part"] | None = None
    """Whether it covers the whole of the goods or a part of them."""
    free: bool = True
    notice: Text = field(default_factory=dict)
    """Where the official picture of the EU's harmonised notice is, by language."""

    def statutory_for(self, country: str | None) -> Period:
        return self.statutory_by_country.get(country or "", self.statutory)
