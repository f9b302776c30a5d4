"""Warranty claims: how long the law and the guarantee cover a purchase, what a repair adds to that, until when goods
can be rejected, and which evidence a claim still lacks (decision 42). docs/law.md has the sources."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from chalicelib.rules.policy.countries import EU, UNITED_KINGDOM
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.messages import Author, Message, Visibility
from chalicelib.rules.tickets.procedure_facts import Claim, RemedyKind
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.rules.timing.periods import Period, Unit, due
from chalicelib.rules.timing.worktime import local_date

# A purchase date later than this, plus any period of the policy, could be later than the last date Python has.
_LAST = date(8900, 1, 1)
# Directive (EU) 2024/1799: goods that are repaired as the law's remedy are covered longer, if sold since then.
LONGER_AFTER_REPAIR, _SOLD_SINCE = Period(12, Unit.MONTHS), date(2026, 7, 31)
# Consumer Rights Act 2015, s. 22(3) and (7).
REJECTED_WITHIN, _LEFT_AFTER_REPAIR = Period(30, Unit.DAYS), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Cover:
    """The ends of the statutory and the commercial period, and whether each still runs on the given day."""

    statutory_until: date
    in_statutory: bool
    commercial_until: date | None
    in_commercial: bool


@dataclass(frozen=True, slots=True)
class Rejection:
    """Until when goods can be rejected at least; None while a repair or replacement stops the time."""

    until: date | None
    over: bool


def cover(shop: Shop, claim: Claim, country: str | None, today: date) -> Cover | None:
    """The periods of the policy for a consumer in this country. They count from the delivery or, if that is not known,
    from the day of purchase as if the goods came that day. None if neither is known."""
    since = claim.delivered or claim.purchased
    if since is None:
        return None
    statutory = _until(shop, since, shop.guarantees.statutory_for(country or shop.country))
    if claim.repaired:
        statutory = _until(shop, statutory, LONGER_AFTER_REPAIR)
    commercial = _until(shop, since, shop.guarantees.commercial) if shop.guarantees.commercial else None
    return Cover(statutory, today <= statutory, commercial, commercial is not None and today <= commercial)


def after_repair(ticket: Ticket, context: RuleContext) -> Claim | None:
    """The claim after the goods were repaired. In the EU the law's period becomes 12 months longer, once, if it still
    runs; where it is not known whether it does, the consumer has the benefit of the doubt."""
    shop, claim = context.shop, ticket.claim or Claim()
    today, country = local_date(context.at, shop.hours), ticket.country or shop.country
    covered = cover(shop, claim, country, today)
    sold_before = (claim.purchased or claim.delivered or _SOLD_SINCE) < _SOLD_SINCE
    if country not in EU or claim.repaired or sold_before or (covered and not covered.in_statutory):
        return ticket.claim
    return replace(claim, repaired=today)


def rejection(ticket: Ticket, shop: Shop, today: date) -> Rejection | None:
    """The United Kingdom's short-term right to reject: 30 days after the delivery, not counting the time of a repair or
    replacement, after which at least 7 days are left. None where that law is not the consumer's, or no delivery is
    known."""
    delivered = ticket.claim.delivered if ticket.claim else None
    if delivered is None or (ticket.country or shop.country) != UNITED_KINGDOM:
        return None
    until, remedy = min(delivered, _LAST) + timedelta(days=REJECTED_WITHIN.amount), ticket.remedy
    asked = local_date(remedy.at, shop.hours) if remedy else None
    if remedy and asked and remedy.remedy_kind in (RemedyKind.REPAIR, RemedyKind.REPLACEMENT) and asked <= until:
        if remedy.done_at is None:
            return Rejection(None, over=False)
        back = local_date(remedy.done_at, shop.hours)
        until = max(until + (back - asked), back + _LEFT_AFTER_REPAIR)
    return Rejection(until, today > until)


def lacking(ticket: Ticket, messages: Iterable[Message] = ()) -> tuple[str, ...]:
    """The evidence to ask for: the purchase date, the product, its serial number; and photos and the receipt if the
    customer has sent no file at all, neither at first nor later (`messages`)."""
    claim = ticket.claim or Claim()
    facts = {"purchase_date": claim.purchased, "product": claim.product, "serial": claim.serial}
    named = tuple(name for name, value in facts.items() if not value)
    from_customer = (m for m in messages if m.author is Author.CUSTOMER and m.visibility is Visibility.SHARED)
    return named if any(message.files for message in (ticket.opening, *from_customer)) else (*named, "photo", "receipt")


def _until(shop: Shop, since: date, period: Period) -> date:
    noon = datetime.combine(min(since, _LAST), time(12), tzinfo=shop.hours.zone)
    return due(noon, period, shop.hours, lambda day: None).astimezone(shop.hours.zone).date()
