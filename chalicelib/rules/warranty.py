"""Warranty claims: how long the law and the guarantee stand by a purchase, and what a claim still lacks."""

from dataclasses import dataclass
from datetime import date, datetime, time

from chalicelib.rules.periods import Period, due
from chalicelib.rules.policy import Shop
from chalicelib.rules.records import Claim
from chalicelib.rules.tickets import Ticket

WARRANTY = "warranty"


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


def lacking(ticket: Ticket) -> tuple[str, ...]:
    """What evidence to ask for: the purchase date, the product, its serial number, photos and the receipt where the
    customer has sent no file at all."""
    claim = ticket.claim or Claim()
    said = {"purchase_date": claim.purchased, "product": claim.product, "serial": claim.serial}
    named = tuple(name for name, value in said.items() if not value)
    return named if ticket.opening.files else (*named, "photo", "receipt")


def _until(shop: Shop, purchased: date, period: Period) -> date:
    noon = datetime.combine(purchased, time(12), tzinfo=shop.hours.zone)
    return due(noon, period, shop.hours, lambda day: None).astimezone(shop.hours.zone).date()
