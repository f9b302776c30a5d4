"""Warranty claims: how long the law and the guarantee stand by a purchase, and what a claim still lacks
(decision 42)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Author, Message, Visibility
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.rules.timing.periods import Period, due

WARRANTY = "warranty"
# Any period the policy can state, counted from a later day, would end after all the dates there are.
_LAST = date(8900, 1, 1)


@dataclass(frozen=True, slots=True)
class Cover:
    """Until when the law's and the guarantee's periods run, and whether each does on the day asked for."""

    statutory_until: date
    in_statutory: bool
    commercial_until: date | None
    in_commercial: bool


def cover(shop: Shop, purchased: date, today: date) -> Cover:
    """The periods of the policy, counted from the day of purchase as if the goods came that day: nobody is told too
    little by that who was delivered later, for an agent may correct the date to that of delivery."""
    statutory = _until(shop, purchased, shop.guarantees.statutory)
    commercial = _until(shop, purchased, shop.guarantees.commercial) if shop.guarantees.commercial else None
    return Cover(statutory, today <= statutory, commercial, commercial is not None and today <= commercial)


def lacking(ticket: Ticket, messages: Iterable[Message] = ()) -> tuple[str, ...]:
    """What evidence to ask for: the purchase date, the product, its serial number, photos and the receipt where the
    customer has sent no file at all, neither at first nor with what they wrote later (`messages`)."""
    claim = ticket.claim or Claim()
    said = {"purchase_date": claim.purchased, "product": claim.product, "serial": claim.serial}
    named = tuple(name for name, value in said.items() if not value)
    theirs = (m for m in messages if m.author is Author.CUSTOMER and m.visibility is Visibility.SHARED)
    return named if any(message.files for message in (ticket.opening, *theirs)) else (*named, "photo", "receipt")


def _until(shop: Shop, purchased: date, period: Period) -> date:
    noon = datetime.combine(min(purchased, _LAST), time(12), tzinfo=shop.hours.zone)
    return due(noon, period, shop.hours, lambda day: None).astimezone(shop.hours.zone).date()
