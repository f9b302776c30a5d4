"""The order: a value beside tickets, with clocks, letters and an outbox of its own."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.rules.orders.basket import PostalAddress
from chalicelib.rules.orders.events import OrderEvent
from chalicelib.rules.tickets.clocks import Clocks
from chalicelib.rules.tickets.outbox import Outbox
from chalicelib.rules.tickets.ticket import LogEntry


class Hold(StrEnum):
    """Why an order is held: nothing may accept it, and nothing is dispatched."""

    PRICE_CHECK = "price_check"
    BY_AGENT = "by_agent"


class Choice(StrEnum):
    """What a customer may choose for a line that is out of stock."""

    WAIT = "wait"
    ALTERNATIVE = "alternative"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A customer's choice for one line, or what silence came to (`by_silence`). `done_at`: when an event proved it
    done; until then it is a task for the shop."""

    line: str
    choice: Choice
    at: datetime
    sku: str = ""
    """Of the alternative."""
    by_silence: bool = False
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AddressRequest:
    """An address as the customer wants it, typed on the order's page. The order itself says where the goods go: the
    shop's system does what is asked, and then tells us."""

    at: datetime
    delivery_to: PostalAddress


@dataclass(frozen=True, slots=True)
class WrongPrice:
    """What a person said about a wrong price. `line`: "" if there are several; `right`: the price of a piece, in the
    smallest unit of the order's currency, None if nobody named it."""

    line: str
    right: int | None = None


@dataclass(frozen=True, slots=True)
class Serial:
    """The serial number of a line's product, as the customer has noted it on its guarantee passport."""

    line: str
    number: str


@dataclass(frozen=True, slots=True)
class LetterRef:
    """A letter that was owed: about what (a parcel, a line, a refund; "" for the whole order) and what it said comes
    next. The outbox has its delivery."""

    purpose: str
    """A value of rules.tickets.outbox.Purpose."""
    about: str
    owed_at: datetime
    next_word: date | None = None
    """The day until which the letter promised the next word."""
    wrong_price: WrongPrice | None = None
    """Of a letter about a wrong price."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order from its first event to its purge. What happened is in `events`; what we promised and did about it is in
    the rest. `rules.orders.history.state(order.events)` says what the events come to.

    `ref` is derived from shop and number, and looks like a ticket's reference but for its prefix "O-".
    """

    ref: str
    shop: str
    number: str
    source: str
    """Which source told us of it first."""
    known_at: datetime
    """When its first event arrived."""
    events: tuple[OrderEvent, ...]
    clocks: Clocks
    letters: tuple[LetterRef, ...] = ()
    choices: tuple[Chosen, ...] = ()
    hold: Hold | None = None
    held_at: datetime | None = None
    hold_reason: str = ""
    log: tuple[LogEntry, ...] = ()
    link_version: int = 1
    outbox: Outbox | None = None
    legal_hold: bool = False
    address_request: AddressRequest | None = None
    """The latest, until something is sent."""
    serials: tuple[Serial, ...] = ()
    presses: tuple[str, ...] = ()
    """The ids of the latest buttons that were pressed on the order's pages: none counts twice (decision 196)."""
    reduced_at: datetime | None = None
    """When its buyer was erased from it (rules.orders.reducing): what comes later is reduced too."""
    log_head: str = ""
    """The end of its log's hash chain and the seal of this version (rules.privacy.order_chain)."""
    version: int = 1
