"""Whether the addresses of an order can be right: what a person would notice at a glance, before a parcel goes.

A doubt never stops an order. The customer is asked, and whatever they answer counts.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.errors import NotOpen
from chalicelib.patterns import pattern
from chalicelib.rules.orders.basket import Basket, PostalAddress
from chalicelib.rules.orders.duties.owing import TEAM, noted, task
from chalicelib.rules.orders.history import state
from chalicelib.rules.orders.order import AddressRequest, Order
from chalicelib.rules.orders.state import OrderState, Status
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, details_of

TASK = "address"
"""What the task is about."""
CUSTOMER = "customer"
"""Who acted, in the order's log."""

_HOUSE_NUMBERS = frozenset((
    "DE", "AT", "CH", "LI", "NL", "BE", "LU", "DK", "SE", "NO", "FI", "PL", "CZ", "SK", "HU", "SI", "HR", "IT", "ES",
    "PT", "FR", "EE", "LV", "LT", "RO", "BG", "GR",
))  # fmt: skip
"""Countries where nearly every address has a house number in its street line."""
_POSTCODES = {
    "DE": r"\d{5}", "AT": r"[1-9]\d{3}", "CH": r"[1-9]\d{3}", "LI": r"94[89]\d", "NL": r"[1-9]\d{3} ?[A-Z]{2}",
    "BE": r"[1-9]\d{3}", "LU": r"\d{4}", "DK": r"\d{4}", "SE": r"\d{3} ?\d{2}", "NO": r"\d{4}", "FI": r"\d{5}",
    "PL": r"\d{2}-?\d{3}", "CZ": r"\d{3} ?\d{2}", "SK": r"\d{3} ?\d{2}", "HU": r"\d{4}", "SI": r"\d{4}", "HR": r"\d{5}",
    "IT": r"\d{5}", "ES": r"\d{5}", "PT": r"\d{4}-?\d{3}", "FR": r"\d{5}", "EE": r"\d{5}", "LV": r"(?:LV-?)?\d{4}",
    "LT": r"(?:LT-?)?\d{5}", "RO": r"\d{6}", "BG": r"\d{4}", "GR": r"\d{3} ?\d{2}", "CY": r"\d{4}", "IS": r"\d{3}",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|GIR ?0AA", "US": r"\d{5}(?:-\d{4})?",
    "CA": r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d", "AU": r"\d{4}", "NZ": r"\d{4}", "JP": r"\d{3}-?\d{4}",
}  # fmt: skip
"""The form of a country's postcodes, without the country's own prefix ("D-")."""
_PREFIX = pattern(r"^[A-Z]{1,3}[- ](?=\d)")
_BOX = pattern(
    r"\b(?:postfach|packstation|postfiliale|p\.? ?o\.? box|post ?box|postbus|bo[iî]te postale|bp|apartado)\b"
)
_PROVIDERS = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "gmx.de", "gmx.net",
    "web.de", "t-online.de", "freenet.de", "aol.com", "live.com", "msn.com", "hotmail.co.uk", "yahoo.co.uk",
    "outlook.de", "hotmail.de", "yahoo.de", "posteo.de", "mailbox.org", "bluewin.ch", "orange.fr", "laposte.net",
    "free.fr", "proton.me", "protonmail.com", "btinternet.com",
)  # fmt: skip
"""Mail domains with many users: one that differs from one of these by a slip of the finger is no other domain."""
_ALSO_RIGHT = frozenset(
    ("gmx.at", "gmx.ch", "mail.com", "email.com", "gmx.com", "ymail.com", "me.com", "live.de", "web.com")
)
"""Domains of their own that look like such a slip."""


class DoubtCode(StrEnum):
    """What cannot be right."""

    NO_HOUSE_NUMBER = "no_house_number"
    POSTCODE = "postcode"
    NO_POSTCODE = "no_postcode"
    MAIL_DOMAIN = "mail_domain"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt. `found`: the words that raised it. `meant`: what was probably meant, "" if we cannot tell."""

    code: DoubtCode
    found: str
    meant: str = ""


def address_doubts(basket: Basket) -> tuple[Doubt, ...]:
    """What cannot be right in the order's delivery and mail addresses. An order without goods has no delivery address
    to doubt."""
    goods = any(not line.digital for line in basket.lines)
    to = basket.delivery_to
    return (*(_postal(to) if to and goods else ()), *_mail(basket.buyer.address))


def correctable(known: OrderState) -> bool:
    """Whether the delivery address can still be corrected: before anything is sent."""
    return known.status is Status.PLACED


def corrected(order: Order, wanted: PostalAddress, context: RuleContext) -> Order:
    """The order with the address that its customer wants, as a request: the shop's people have a task, since the shop's
    own system says where a parcel goes (decision 221). The same request again changes nothing. Raises NotOpen once
    something was sent."""
    known = state(order.events)
    if not correctable(known):
        raise NotOpen("the address of this order cannot be changed any more")
    here = known.basket.delivery_to if known.basket else None
    before = order.address_request.delivery_to if order.address_request else here
    if wanted == before:
        return order
    asked = replace(order, address_request=AddressRequest(context.at, wanted), version=order.version + 1)
    act = noted(asked, context, Action.ACTED, *details_of(DetailCode.ACT, "address"), actor=CUSTOMER)
    return task(act, TASK, TEAM, context)


def _postal(to: PostalAddress) -> tuple[Doubt, ...]:
    country = to.country.strip().upper()
    doubts = []
    lines = f"{to.street} {to.further}".strip()
    boxed = _BOX.search(lines.lower())
    if country in _HOUSE_NUMBERS and lines and not boxed and not any(c.isdigit() for c in lines):
        doubts.append(Doubt(DoubtCode.NO_HOUSE_NUMBER, to.street or to.further))
    form = _POSTCODES.get(country)
    code = " ".join(to.postcode.upper().split())
    if form and not code:
        doubts.append(Doubt(DoubtCode.NO_POSTCODE, ""))
    elif form and not re.fullmatch(form, _PREFIX.sub("", code), re.ASCII) and not re.fullmatch(form, code, re.ASCII):
        doubts.append(Doubt(DoubtCode.POSTCODE, to.postcode))
    return tuple(doubts)


def _mail(address: str) -> tuple[Doubt, ...]:
    local, at, domain = address.strip().rpartition("@")
    domain = domain.lower()
    if not at or domain in _PROVIDERS or domain in _ALSO_RIGHT:
        return ()
    meant = next((known for known in _PROVIDERS if slipped(domain, known)), "")
    return (Doubt(DoubtCode.MAIL_DOMAIN, address, f"{local}@{meant}"),) if meant else ()


def slipped(typed: str, meant: str) -> bool:
    """Whether one slip of the finger makes `typed` of `meant`: a letter too many, too few or wrong, or two exchanged. A
    wrong ending counts only if it is a slip of "com", "net", "de" and so on: "gmail.co" is one, "outlook.fr" is not."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    name, _, ending = typed.partition(".")
    known, _, known_ending = meant.partition(".")
    if name == known and len(ending) == len(known_ending) == 2:
        return False  # another country
    if len(known) < 5 and name != known:
        return False  # with so few letters, another domain is likelier than a slip
    return _one_edit(typed, meant)


def _one_edit(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[place:] == other[place + 1 :]
    rest, other_rest = one[place:], other[place:]
    exchanged = rest[:2] == other_rest[1::-1] if len(rest) > 1 else False
    return rest[1:] == other_rest[1:] or (exchanged and rest[2:] == other_rest[2:])
