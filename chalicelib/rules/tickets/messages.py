"""What people and Aftercare itself contribute to a ticket: each a message, with its files and the mails it owes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.rules.policy.people import Agent
from chalicelib.rules.tickets.outbox import Outbox
from chalicelib.rules.tickets.remarks import Remark


class Author(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    THIRD_PARTY = "third_party"  # somebody the ticket was referred to
    SYSTEM = "system"  # Aftercare itself
    OTHER = "other"  # somebody who took part without being any of these


class Visibility(StrEnum):
    """Who may see a message: all parties, or the shop's agents alone."""

    SHARED = "shared"
    INTERNAL = "internal"


class Channel(StrEnum):
    """How a customer, or a third party, reaches the shop."""

    FORM = "form"
    MAIL = "mail"
    PHONE = "phone"
    FAX = "fax"
    POST = "post"
    IN_STORE = "in_store"
    CHAT = "chat"
    SOCIAL = "social"


class Surface(StrEnum):
    """The part of Aftercare that a message was written in, where it came by no channel."""

    PAGE = "page"  # the customer's own page
    DESK = "desk"  # the desk, or `act_on_ticket` at the console
    SYSTEM = "system"  # written when a promise's step came


class Event(StrEnum):
    """What a message is, besides somebody's words."""

    WORDS = "words"
    QUESTION = "question"  # the shop asks the customer for something
    CONFIRM_IDENTITY = "confirm_identity"
    EXTENSION = "extension"
    REFERRAL = "referral"
    REMINDER = "reminder"
    REFERRAL_ANSWER = "referral_answer"
    ESCALATION = "escalation"
    INSTRUCTIONS = "instructions"
    REMEDY_DONE = "remedy_done"
    FINAL_ANSWER = "final_answer"
    REVIEW_REQUEST = "review_request"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str
    phone: str = ""

    @property
    def called(self) -> str:
        """The first thing known of them."""
        return self.name or self.address or self.phone

    @staticmethod
    def of(agent: Agent) -> "Person":
        return Person(agent.name, agent.address)


NOBODY = Person("", "")


@dataclass(frozen=True, slots=True)
class File:
    """An attachment, kept under its ticket's prefix. `size` in bytes; `key` in the files bucket."""

    id: str
    filename: str
    content_type: str
    size: int
    key: str


@dataclass(frozen=True, slots=True)
class Message:
    """One contribution to a ticket. `text` holds what its author newly wrote; a text over the bound
    lies whole at `text_key` and `text` is its beginning; `raw_key` leads to the mail as it came. `about` says what its
    event is about: a referral's number, or a clock's name and the stage it has reached ("resolve due"). `named` holds
    the words, blinded as in the index, of addresses that stand in the mail as it came and in nothing else of it.
    `sender`: the From of a mail whose words are somebody else's, where that is a program's. `writer`: the From where it
    is a person's, who asked to be answered at the address of `person`: the words are both's. `left_out`: files of an
    agent's that did not go on."""

    id: str
    ref: str
    at: datetime
    author: Author
    person: Person
    channel: Channel | Surface
    text: str
    visibility: Visibility = Visibility.SHARED
    event: Event = Event.WORDS
    about: str = ""
    fingerprint: str = ""
    text_key: str | None = None
    files: tuple[File, ...] = ()
    message_id: str | None = None
    raw_key: str | None = None
    automatic: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    named: tuple[str, ...] = ()
    sender: str = ""
    writer: Person = NOBODY
    left_out: tuple[str, ...] = ()
    split_into: str = ""
    """The ticket of its own that an agent has opened with it."""
    passed_on: tuple[str, ...] = ()
    """Of a referral: the files the third party was given, each "<ticket>/<message>/<file>"."""
    outbox: Outbox | None = None
    log_head: str = ""
    """Where the chain stands of what was logged of it without its ticket, and its seal (rules.privacy.hash_chain)."""
    version: int = 1
    was: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    """As on a ticket."""


def writers(messages: Iterable[Message]) -> Iterator[Person]:
    """Everybody under whose name words stand in these messages, agents and those in whose place they are empty too."""
    for message in messages:
        yield message.person
        yield message.writer


def wrote(message: Message) -> tuple[Person, ...]:
    """Whose words they are, besides an agent's and our own: nearly always one person's."""
    if message.author in (Author.AGENT, Author.SYSTEM):
        return ()
    return (message.person, message.writer) if message.writer.address else (message.person,)


def in_mails(messages: Iterable[Message]) -> frozenset[str]:
    """The blinded words of whom the mails name as which these came."""
    return frozenset(word for message in messages for word in message.named)


def shops_message(id: str, ref: str, at: datetime, agent: Person, text: str, event: Event) -> Message:
    """What an agent says to the customer for the shop, at the console or the desk."""
    return Message(id, ref, at, Author.AGENT, agent, Surface.DESK, text, event=event)


def internal_message(id: str, ref: str, at: datetime, agent: Person, text: str, event: Event = Event.WORDS) -> Message:
    """What an agent says to the other agents, or to a third party."""
    return Message(id, ref, at, Author.AGENT, agent, Surface.DESK, text, Visibility.INTERNAL, event)


def system_message(id: str, ref: str, at: datetime, event: Event, about: str) -> Message:
    """What Aftercare itself notes for the agents."""
    return Message(id, ref, at, Author.SYSTEM, Person("", ""), Surface.SYSTEM, "", Visibility.INTERNAL, event, about)
