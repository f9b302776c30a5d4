"""Messages: what people and Aftercare itself add to a ticket, with files and an outbox."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from chalicelib.rules.identity import callers, handles
from chalicelib.rules.identity.addressing import canonical
from chalicelib.rules.policy.people import Agent
from chalicelib.rules.tickets.outbox import Outbox
from chalicelib.rules.tickets.remarks import Remark


class Author(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    THIRD_PARTY = "third_party"  # somebody the ticket was referred to
    SYSTEM = "system"  # Aftercare itself
    OTHER = "other"  # somebody else who took part


class Visibility(StrEnum):
    """Who may see a message: all parties, or only the shop's agents; of an answer that has not left yet, only agents
    until it leaves."""

    SHARED = "shared"
    INTERNAL = "internal"
    HELD = "held"


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
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    SMS = "sms"


class Surface(StrEnum):
    """The part of Aftercare that a message was written in, where it came by no channel."""

    PAGE = "page"  # the customer's own page
    DESK = "desk"  # the desk, or `act_on_ticket` at the console
    SYSTEM = "system"  # written when a promise's step came


class Event(StrEnum):
    """What a message stands for besides its words."""

    WORDS = "words"
    QUESTION = "question"  # the shop asks the customer for something
    CONFIRM_IDENTITY = "confirm_identity"
    IDENTITY_CONFIRMED = "identity_confirmed"
    ADDRESS_GIVEN = "address_given"  # a messenger's user gave a mail address, which a mail asks to confirm
    EXTENSION = "extension"
    REFERRAL = "referral"
    REMINDER = "reminder"
    REFERRAL_ANSWER = "referral_answer"
    ESCALATION = "escalation"
    INSTRUCTIONS = "instructions"
    REMEDY_DONE = "remedy_done"
    FINAL_ANSWER = "final_answer"
    REVIEW_REQUEST = "review_request"
    RATED = "rated"
    SELF_SERVED = "self_served"  # the customer found the answer in the help
    PUBLICATION_OFFERED = "publication_offered"
    PUBLISHED = "published"
    AGREEMENT = "agreement"  # how the customer is answered from now on; `about` says whether it was agreed or ended
    TAKEN_BACK = "taken_back"  # an answer that never left: its writer, or a second reader, kept it back
    CHAT = "chat"  # a line of Aftercare's own in a chat; `about` says which
    NOTED = "noted"  # what a messenger's user did besides writing; `about` says what: edited, deleted, a sticker
    CALL = "call"  # a promised call was moved, cancelled or given up; `about` says which


SharedEvent = Literal[
    Event.WORDS,
    Event.QUESTION,
    Event.EXTENSION,
    Event.INSTRUCTIONS,
    Event.REMEDY_DONE,
    Event.FINAL_ANSWER,
    Event.PUBLICATION_OFFERED,
    Event.AGREEMENT,
]
"""What the shop's messages to customers stand for: the customer's page has words for each (`ticket.event`)."""


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str
    phone: str = ""

    @property
    def called(self) -> str:
        """The first thing known of the person: name, address or phone."""
        return self.name or self.shown or self.phone

    @property
    def known_by(self) -> tuple[str, ...]:
        """The addresses by which the person is found: their own, or those of their telephone numbers if there is
        none."""
        return (self.address,) if self.address else callers.addresses(self.phone)

    def is_known_by(self, address: str) -> bool:
        return bool(address) and canonical(address) in map(canonical, self.known_by)

    @property
    def shown(self) -> str:
        """The address as people read it: of a messenger's user, their number or id there."""
        return handles.shown(self.address)

    def is_also(self, other: "Person") -> bool:
        """Whether it is the same person by name and address, or by the name alone if neither has an address."""
        return self.name == other.name and canonical(self.address) == canonical(other.address)

    @staticmethod
    def of(agent: Agent) -> "Person":
        return Person(agent.name, agent.address)


NOBODY = Person("", "")
LINE = "~"
"""With this the ids of the lines of a chat begin, and no others."""
# Mail services take letters, digits and few signs in what comes back with their events.
_TAGGED = "@"


def as_tag(id: str) -> str:
    """The id of a message as a mail service takes it."""
    return id.replace(LINE, _TAGGED)


def of_tag(tag: str) -> str:
    """The id of a message that a mail service gives back."""
    return tag.replace(_TAGGED, LINE)


@dataclass(frozen=True, slots=True)
class Reached:
    """How a messenger's user is reached there. `account`: the shop's number, page or bot to which they wrote;
    `last_at`: when they last did, as the provider says; `also`: another address of theirs that stands for a messenger's
    user; `by`: the one that they had before they confirmed a mail address, to which answers go since."""

    account: str
    last_at: datetime
    also: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment, stored under its ticket's prefix. `size` is in bytes; `key` is the key in the files bucket."""

    id: str
    filename: str
    content_type: str
    size: int
    key: str


@dataclass(frozen=True, slots=True)
class AutomaticMark:
    """Why a mail counts as written by a machine. `code`: one of mail.inbound.MarkCode; `value`: what a program wrote
    into the mail, such as a header's name."""

    code: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.value}" if self.value else self.code


@dataclass(frozen=True, slots=True)
class Message:
    """One contribution to a ticket.

    `text`: the author's new words. A text over the size limit is stored whole at `text_key`; then `text` is its
    beginning. `raw_key`: the key of the raw mail. `about`: what its event is about, such as a referral's number, or a
    clock's name and stage ("resolve due"); for a mail to several tickets, the references of the others. `named`: words,
    blinded as in the search index, of addresses that occur only in the raw mail and nowhere else in the message.
    `sender`: the From address of a program that mailed somebody else's words. `writer`: the person in From who asked
    for the answer at the address of `person`; the words count as both people's. In an agent's note of a call, `writer`
    is the person called. `left_out`: an agent's files that were not passed on.
    """

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
    automatic: tuple[AutomaticMark, ...] = ()
    remarks: tuple[Remark, ...] = ()
    named: tuple[str, ...] = ()
    sender: str = ""
    writer: Person = NOBODY
    left_out: tuple[str, ...] = ()
    unsent: str = ""
    """An agent's words, below their name or in what they quoted, that were not sent with their answer."""
    split_into: str = ""
    """The ticket that an agent has opened from this message."""
    passed_on: tuple[str, ...] = ()
    """For a referral: the files the third party was given, each as "<ticket>/<message>/<file>"."""
    outbox: Outbox | None = None
    log_head: str = ""
    """The head of the chain of log entries made for this message without its ticket, and its seal
    (rules.privacy.hash_chain)."""
    version: int = 1
    was: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    """As on `Ticket`."""


def writers(messages: Iterable[Message]) -> Iterator[Person]:
    """Everybody who is named as a writer of these messages. Includes agents and empty placeholders."""
    for message in messages:
        yield message.person
        yield message.writer


def wrote(message: Message) -> tuple[Person, ...]:
    """The people who wrote or said the words; empty for an agent's and Aftercare's own, except the person whom an agent
    called. Nearly always one person."""
    writer = (message.writer,) if message.writer.known_by else ()
    return writer if message.author in (Author.AGENT, Author.SYSTEM) else (message.person, *writer)


def in_mails(messages: Iterable[Message]) -> frozenset[str]:
    """The blinded words of the addresses that occur only in the raw mails of these messages."""
    return frozenset(word for message in messages for word in message.named)


def shops_message(id: str, ref: str, at: datetime, agent: Person, text: str, event: SharedEvent) -> Message:
    """A message from an agent to the customer in the shop's name, from the console or the desk."""
    return Message(id, ref, at, Author.AGENT, agent, Surface.DESK, text, event=event)


def internal_message(id: str, ref: str, at: datetime, agent: Person, text: str, event: Event = Event.WORDS) -> Message:
    """A message from an agent to the other agents, or to a third party."""
    return Message(id, ref, at, Author.AGENT, agent, Surface.DESK, text, Visibility.INTERNAL, event)


def system_message(id: str, ref: str, at: datetime, event: Event, about: str) -> Message:
    """A note from Aftercare itself to the agents."""
    return Message(id, ref, at, Author.SYSTEM, Person("", ""), Surface.SYSTEM, "", Visibility.INTERNAL, event, about)
