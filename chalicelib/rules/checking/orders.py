"""Rules about orders: when they are confirmed, delivered and refunded."""

from collections.abc import Iterator
from datetime import date

from chalicelib.rules.checking.lengths import longer, over
from chalicelib.rules.checking.rule import EU_AND_UK, Facts, Rule, Severity
from chalicelib.rules.policy.countries import EU

_AS_OF = date(2026, 11, 29)
_CRD = "Directive 2011/83/EU, Art. 18"


def _delivered_late(facts: Facts) -> Iterator[str]:
    deliver = facts.shop.orders.deliver
    if over(deliver, "30 days", facts.shop):
        yield f"orders.deliver is {deliver}: it can be more than 30 days, so the customer must have agreed to it."


def _confirmed_late(facts: Facts) -> Iterator[str]:
    confirm = facts.shop.orders.confirm
    if longer(confirm, "1 working day"):
        yield f"orders.confirm is {confirm}: receipt of an order is confirmed without delay."


def _refunded_late(facts: Facts) -> Iterator[str]:
    refund = facts.shop.orders.refund
    if over(refund, "14 days", facts.shop):
        yield f"orders.refund is {refund}: it can be more than 14 days."


RULES = (
    Rule(
        "delivery-over-30-days",
        Severity.RISK,
        f"{_CRD}(1); Consumer Rights Act 2015, s. 28",
        _AS_OF,
        _delivered_late,
        EU_AND_UK,
        watched=True,
    ),
    Rule("order-confirmed-late", Severity.RISK, "Directive 2000/31/EC, Art. 11(1)", _AS_OF, _confirmed_late, EU),
    Rule("order-refund-over-14-days", Severity.RISK, f"{_CRD}(3)", _AS_OF, _refunded_late, EU_AND_UK),
)
