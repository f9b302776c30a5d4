"""Warranty claims: how long the law and the guarantee cover a purchase, and which evidence a claim still lacks
(decision 42)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.messages import Author, Message, Visibility
from chalicelib.rules.tickets.procedure_facts import Claim
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.rules.timing.periods import Period, due

# A purchase date later than this, plus any period of the policy, could be later than the last date Python has.
_LAST = date(8900, 1, 1)


@dataclass(frozen=True, slots=True)
class Cover:
    """The ends of the statutory and the commercial period, and whether each still runs on the given day."""

    statutory_until: date
    in_statutory: bool
    commercial_until: date | None
    in_commercial: bool


def cover(shop: Shop, purchased: date, today: date) -> Cover:
    """The periods of the policy, counted from the day of purchase as if the goods came that day. A customer with a
    later delivery loses nothing, because an agent may change the date to that of the delivery."""
    statutory = _until(shop, purchased, shop.guarantees.statutory)
    commercial = _until(shop, purchased, shop.guarantees.commercial) if shop.guarantees.commercial else None
    return Cover(statutory, today <= statutory, commercial, commercial is not None and today <= commercial)


def lacking(ticket: Ticket, messages: Iterable[Message] = ()) -> tuple[str, ...]:
    """The evidence to ask for: the purchase date, the product, its serial number; and photos and the receipt if the
    customer has sent no file at all, neither at first nor later (`messages`)."""
    claim = ticket.claim or Claim()
    facts = {"purchase_date": claim.purchased, "product": claim.product, "serial": claim.serial}
    named = tuple(name for name, value in facts.items() if not value)
    from_customer = (m for m in messages if m.author is Author.CUSTOMER and m.visibility is Visibility.SHARED)
    return named if any(message.files for message in (ticket.opening, *from_customer)) else (*named, "photo", "receipt")


def _until(shop: Shop, purchased: date, period: Period) -> date:
    noon = datetime.combine(min(purchased, _LAST), time(12), tzinfo=shop.hours.zone)
    return due(noon, period, shop.hours, lambda day: None).astimezone(shop.hours.zone).date()
