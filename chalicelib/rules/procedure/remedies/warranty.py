"""Warranty claims: how long the law and the guarantee cover a purchase, what a repair adds to that, until when goods
can be rejected, and which evidence a claim still lacks (decision 42). docs/law.md has the sources."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from chalicelib.rules.policy.countries import EU, UNITED_KINGDOM
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.messages import Author, Message, Visibility
from chalicelib.rules.tickets.procedure_facts import Claim, Fault, Purchase, RemedyKind
from chalicelib.rules.tickets.ticket import Ticket
from chalicelib.rules.timing.periods import Period, Unit, due
from chalicelib.rules.timing.worktime import local_date

# A purchase date later than this, plus any period of the policy, could be later than the last date Python has.
_LAST = date(8900, 1, 1)
# Directive (EU) 2024/1799: goods that are repaired as the law's remedy are covered longer, if sold since then.
LONGER_AFTER_REPAIR, _SOLD_SINCE = Period(12, Unit.MONTHS), date(2026, 7, 31)
# Consumer Rights Act 2015, s. 22(3) and (7).
REJECTED_WITHIN, _LEFT_AFTER_REPAIR = Period(30, Unit.DAYS), timedelta(days=7)
# Topics of goods that are not there, or not the ones that were ordered.
_NOTHING_TO_REPAIR = ("not_received", "missed_delivery", "wrong_item", "wrong_size_ordered", "incomplete_address")


@dataclass(frozen=True, slots=True)
class Cover:
    """The ends of the statutory and the commercial period, and whether each still runs on the given day."""

    statutory_until: date
    in_statutory: bool
    commercial_until: date | None
    in_commercial: bool


@dataclass(frozen=True, slots=True)
class Rejection:
    """Until when goods can be rejected at least; None while a repair or replacement stops the time. `within`: the law's
    period."""

    until: date | None
    over: bool
    within: Period = REJECTED_WITHIN


@dataclass(frozen=True, slots=True)
class Choice:
    """The consumer's choice between repair and replacement. `longer`: by how much a repair prolongs the law's period;
    None: not at all."""

    longer: Period | None


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


def completed(claim: Claim | None, purchase: Purchase | None) -> Claim | None:
    """The claim with what the customer's order says where nobody has said otherwise. The product is clear only if the
    order has one."""
    if purchase is None:
        return claim
    known = claim or Claim()
    only = purchase.products[0] if len(purchase.products) == 1 else ""
    return replace(
        known,
        purchased=known.purchased or purchase.bought,
        product=known.product or only,
        delivered=known.delivered or purchase.delivered,
    )


def after_repair(ticket: Ticket, context: RuleContext) -> Claim | None:
    """The claim after the goods were repaired. In the EU the law's period becomes 12 months longer, once, if it still
    runs; where it is not known whether it does, the consumer has the benefit of the doubt."""
    today = local_date(context.at, context.shop.hours)
    if not _prolongs(ticket, context.shop, today):
        return ticket.claim
    return replace(ticket.claim or Claim(), repaired=today)


def _prolongs(ticket: Ticket, shop: Shop, today: date) -> bool:
    """Whether a repair makes the law's period longer."""
    claim, country = ticket.claim or Claim(), ticket.country or shop.country
    covered = cover(shop, claim, country, today)
    sold_before = (claim.purchased or claim.delivered or _SOLD_SINCE) < _SOLD_SINCE
    return country in EU and not claim.repaired and not sold_before and not (covered and not covered.in_statutory)


def choice(ticket: Ticket, shop: Shop, today: date) -> Choice | None:
    """What a consumer in the EU must be told before goods are repaired or replaced: that the choice is theirs
    (Directive (EU) 2019/771, Art. 13(2) and (2a)). None if no such remedy is under way, or the goods could not be
    repaired."""
    remedy, finding = ticket.remedy, ticket.finding
    if remedy is None or remedy.done_at or remedy.remedy_kind not in (RemedyKind.REPAIR, RemedyKind.REPLACEMENT):
        return None
    if (ticket.country or shop.country) not in EU or ticket.topic in _NOTHING_TO_REPAIR:
        return None
    if finding and finding.fault is Fault.CUSTOMER:
        return None
    return Choice(LONGER_AFTER_REPAIR if _prolongs(ticket, shop, today) else None)


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


def lacking(ticket: Ticket, messages: Iterable[Message] = (), purchase: Purchase | None = None) -> tuple[str, ...]:
    """The evidence to ask for: the purchase date, the product, its serial number; and photos and the receipt if the
    customer has sent no file at all, neither at first nor later (`messages`). What an order says is not asked for."""
    claim = completed(ticket.claim, purchase) or Claim()
    facts = {"purchase_date": claim.purchased, "product": claim.product, "serial": claim.serial}
    named = tuple(name for name, value in facts.items() if not value)
    from_customer = (m for m in messages if m.author is Author.CUSTOMER and m.visibility is Visibility.SHARED)
    return named if any(message.files for message in (ticket.opening, *from_customer)) else (*named, "photo", "receipt")


def _until(shop: Shop, since: date, period: Period) -> date:
    noon = datetime.combine(min(since, _LAST), time(12), tzinfo=shop.hours.zone)
    return due(noon, period, shop.hours, lambda day: None).astimezone(shop.hours.zone).date()
