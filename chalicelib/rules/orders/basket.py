"""What a customer ordered, as the shop's system said it: lines, costs, addresses.

Amounts are in the currency's smallest unit (rules.tickets.money).
"""

from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.rules.documents.accepted import AcceptedTerms

MOST_LINES = 250
"""Lines of an order that are kept; a longer order says how many more it has."""


@dataclass(frozen=True, slots=True)
class Line:
    """One product of an order. `total`: what the customer pays for the line, after its discounts."""

    id: str
    """The source's own id of the line, the same in each event about it."""
    name: str
    quantity: int
    unit_price: int
    total: int
    sku: str = ""
    digital: bool = False
    """Delivered by download or licence: nothing is sent."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What is added to the lines, or taken off if negative: delivery, a fee, a discount on the whole order."""

    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where goods or the invoice go. `country`: ISO 3166, two letters."""

    name: str = ""
    company: str = ""
    street: str = ""
    further: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who ordered. `language`: two letters, "" if unknown."""

    name: str
    address: str
    """The e-mail address, "" if the order has none."""
    phone: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    """An order as it stood at one moment: each event that changes it brings it whole."""

    placed_at: datetime
    currency: str
    lines: tuple[Line, ...]
    total: int
    """What the customer pays in all, tax included."""
    buyer: Buyer
    costs: tuple[Cost, ...] = ()
    tax: int = 0
    """The tax within `total`."""
    tax_within_prices: bool = True
    """Whether the lines' prices contain the tax; otherwise it is added to them."""
    left_out: int = 0
    """How many lines are not kept (MOST_LINES)."""
    delivery_to: PostalAddress | None = None
    billed_to: PostalAddress | None = None
    delivery_by: str = ""
    """The way of delivery in the shop's words."""
    payment: str = ""
    """The means of payment in the shop's words."""
    deliver_by: date | None = None
    """The day until which the shop promised the delivery for this order; None: what the policy promises."""
    terms: AcceptedTerms | None = None
    advert_notice: bool = False
    """Whether the shop showed the notice about adverts when it asked for the address."""
    advert_consent: bool = False
