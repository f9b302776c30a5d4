"""A shop's promises and its people: templates/policy.toml as frozen values (policy.reading makes them).

Every period, address and text that customers read is here once; clocks, mails, pages and the purge read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from chalicelib.errors import UnknownShop
from chalicelib.rules.identity.addressing import canonical, without_plus
from chalicelib.rules.policy.order_terms import OrderTerms
from chalicelib.rules.policy.people import Agent, ConsumerBody, PartyRole, Role, ThirdParty
from chalicelib.rules.policy.promises import (
    KINDS,
    Adverts,
    CallTerms,
    ChatTerms,
    DeskTerms,
    ExpenseTariff,
    Extension,
    FeedbackTerms,
    Guarantees,
    Kind,
    MessageTerms,
    Referrals,
    ReportTerms,
    Step,
    Text,
    TextTerms,
    Topic,
    WithdrawalTerms,
)
from chalicelib.rules.timing.periods import Period
from chalicelib.rules.timing.worktime import Interval, WorkingHours

__all__ = [
    "KINDS", "Adverts", "Agent", "CallTerms", "Channels", "ChatTerms", "ClosedDay", "ConsumerBody", "DeskTerms",
    "ExpenseTariff", "Extension", "FeedbackTerms", "Guarantees", "HolidayCalendar", "Kind", "Limits", "MailBudget",
    "OrderTerms", "PartyRole", "Policy", "Referrals", "ReportTerms", "Role", "Shop", "Step", "Text", "TextTerms",
    "ThirdParty", "Topic", "WithdrawalTerms",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day other than public holidays on which the shop is closed; every year if `year` is None."""

    name: str
    month: int
    day: int
    year: int | None = None

    def falls_on(self, day: date) -> bool:
        return (self.month, self.day) == (day.month, day.day) and self.year in (None, day.year)


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The public holidays of a country and, if given, its region (ISO 3166-2 without the country), and the shop's own
    closed days."""

    country: str
    region: str | None = None
    extra: tuple[ClosedDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Channels:
    """Ways to reach the shop besides form and mail, shown as facts; `opening` says when the phone is answered, and
    `answered` states it per weekday, Monday first, so that pages can say whether a person picks up right now."""

    phone: str | None
    fax: str | None
    post: str | None
    opening: Text
    calls_recorded: bool = False
    answered: tuple[tuple[Interval, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class MailBudget:
    """The limits of automatic mail: to one mailbox and one domain for all shops together, and in total for the shop.
    `providers`: mail domains shared by many people who do not know each other."""

    per_recipient_hour: int = 10
    per_recipient_day: int = 20
    per_domain_day: int = 200
    per_provider_day: int = 20_000
    per_shop_hour: int = 1_000
    per_shop_day: int = 10_000
    providers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tickets may be opened before further ones are quarantined: by one address from one source, and from one
    source. A source is a network or, for mail, the domain that vouches for it. `replies_hour`: how many replies one
    source may send to one ticket."""

    per_address_hour: int
    per_source_hour: int
    per_address_day: int = 30
    per_source_day: int = 600
    replies_hour: int = 20
    mails: MailBudget = MailBudget()


@dataclass(frozen=True, slots=True)
class Shop:
    """One shop: who it is, when it works, what it promises, and who answers for it."""

    id: str
    name: str
    prefix: str
    """Begins its tickets' references: "NL"."""
    support: str
    """The address customers write to. All mail to its domain comes to Aftercare."""
    aliases: tuple[str, ...]
    """Public addresses that the shop's own mail server forwards to `support`."""
    url: str
    colour: str
    country: str
    region: str | None
    languages: tuple[str, ...]
    timezone: str
    origins: tuple[str, ...]
    """Web origins with pages that may post to the shop (CORS)."""
    return_urls: tuple[str, ...]
    """Pages to which a form may send its customer back."""
    privacy_url: str
    terms_url: str | None
    terms_required: bool
    trusted_senders: tuple[str, ...]
    """Addresses of machines that send mail for people: the shop's own systems. Their mail is treated as a person's."""
    mail_kind: str
    """The kind of ticket a mail opens, until an agent says otherwise."""
    link_days: int
    """How many days a customer's signed link is valid."""
    reopen_days: int
    """For how many days after closing a reply reopens the ticket; a later reply opens a new, linked one."""
    hours: WorkingHours
    holidays: HolidayCalendar
    channels: Channels
    limits: Limits
    kinds: Mapping[str, Kind]
    topics: tuple[Topic, ...]
    agents: tuple[Agent, ...]
    third_parties: tuple[ThirdParty, ...]
    bodies: tuple[ConsumerBody, ...]
    referrals: Referrals
    guarantees: Guarantees
    remedy: Period
    """By when a remedy must be provided, unless a ticket says otherwise."""
    withdrawal: WithdrawalTerms
    orders: OrderTerms
    expenses: ExpenseTariff | None
    """What customers may claim for what a matter cost them; None: nothing without a person's decision."""
    feedback: FeedbackTerms
    """What is asked and published about the shop."""
    calls: CallTerms
    chat: ChatTerms
    messages: MessageTerms
    desk: DeskTerms
    """How careful the desk is with answers before they leave."""
    quarantine: Period
    """How long a quarantined ticket waits for a person; after that it is closed as spam."""
    adverts: Adverts
    """Whether customers may be mailed adverts. A review request is one."""
    review_request: Period | None
    """How long after closing the customer is asked to rate the answer; None: never."""
    digest_at: time
    """When owners get the daily digest, in the shop's local time, on working days."""
    reports: ReportTerms
    back_in_stock: Period | None = None
    """How long somebody waits to be told that a product is back, and is then forgotten; None: nobody can ask for it."""

    @property
    def domain(self) -> str:
        return self.support.rpartition("@")[2]

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses at which customers can write to the shop."""
        return (self.support, *self.aliases)

    @property
    def offered(self) -> tuple[Kind, ...]:
        """The kinds that new tickets may have."""
        return tuple(kind for kind in self.kinds.values() if kind.offered)

    @property
    def call_hours(self) -> WorkingHours:
        """When people call back."""
        return WorkingHours(self.timezone, self.calls.windows)

    @property
    def chat_hours(self) -> WorkingHours:
        """When people answer in the chat."""
        return WorkingHours(self.timezone, self.chat.hours)

    @property
    def called_countries(self) -> tuple[str, ...]:
        """The countries whose phone numbers people call back, the shop's own first."""
        return tuple(dict.fromkeys((self.country, *self.calls.countries)))

    def offers(self, kind: str) -> bool:
        return kind in self.kinds and self.kinds[kind].offered

    def agent(self, address: str) -> Agent | None:
        wanted = canonical(address)
        return next((agent for agent in self.agents if canonical(agent.address) == wanted), None)

    def topic(self, id: str | None) -> Topic | None:
        return next((topic for topic in self.topics if topic.id == id), None)

    def third_party(self, id: str | None) -> ThirdParty | None:
        return next((party for party in self.third_parties if party.id == id), None)

    def is_ours(self, address: str) -> bool:
        """Whether mail to this address, plain or with a plus-part, is for the shop."""
        return without_plus(address) in map(canonical, self.addresses)

    def spoken(self, wanted: str) -> str:
        """This language, if the shop has it, else its first."""
        return wanted if wanted in self.languages else self.languages[0]

    def text(self, value: Text, language: str | None) -> str:
        """The words in this language, else in the shop's first, else in any language ("" if there are none)."""
        return value.get(language or "") or value.get(self.languages[0]) or next(iter(value.values()), "")

    def bodies_for(self, country: str, kind: str) -> tuple[ConsumerBody, ...]:
        fit = (body for body in self.bodies if country.upper() in body.countries)
        return tuple(body for body in fit if not body.kinds or kind in body.kinds)


@dataclass(frozen=True, slots=True)
class Policy:
    """All shops of a deployment."""

    shops: Mapping[str, Shop]

    def shop(self, id: str) -> Shop:
        if id not in self.shops:
            raise UnknownShop(id)
        return self.shops[id]

    def shop_of(self, address: str) -> Shop | None:
        """The shop that customers reach at this address, with or without a plus-part, in any spelling."""
        return next((shop for shop in self.shops.values() if shop.is_ours(address)), None)
