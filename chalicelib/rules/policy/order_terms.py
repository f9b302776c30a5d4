"""What a shop promises about orders: `[defaults.orders]` of templates/policy.toml."""

from dataclasses import dataclass
from typing import Literal

from chalicelib.rules.timing.periods import Period, Unit

_1_WORKING_DAYS = Period(1, Unit.WORKING_DAYS)
_2_WORKING_DAYS = Period(2, Unit.WORKING_DAYS)
_30_DAYS = Period(30, Unit.DAYS)
_5_WORKING_DAYS = Period(5, Unit.WORKING_DAYS)
_7_DAYS = Period(7, Unit.DAYS)
_4_WORKING_HOURS = Period(4, Unit.WORKING_HOURS)
_14_DAYS = Period(14, Unit.DAYS)
_10_YEARS = Period(10, Unit.YEARS)


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """The promises about an order, each counted from its moment in shop's hours or days as the period says."""

    confirmation: Literal["aftercare", "shop"] = "aftercare"
    """Who confirms orders. "shop": Aftercare watches, and steps in when the shop's own confirmation fails."""
    contract: Literal["on_confirmation", "on_dispatch"] = "on_confirmation"
    """When the contract is made; the confirmation is worded by it."""
    confirm: Period = _1_WORKING_DAYS
    dispatch: Period = _2_WORKING_DAYS
    deliver: Period = _30_DAYS
    """Unless the order itself has an earlier day (Directive 2011/83/EU, Article 18: 30 days)."""
    silence: Period = _5_WORKING_DAYS
    """The longest time that an order under way stays without a word to its customer."""
    choice: Period = _7_DAYS
    """How long a customer may choose what happens to a line that is out of stock."""
    tell_stock: Period = _4_WORKING_HOURS
    refund: Period = _14_DAYS
    price_error: Period = _1_WORKING_DAYS
    """By when a person decides about an order that is held for its price."""
    retain: Period = _10_YEARS
    """How long the order is kept for tax law after its end (docs/law.md)."""
    published: bool = False
    """Whether the policy page states these promises: not before the shop's system is connected and they are kept."""
    webhook: str = ""
    """Where the shop's own system is told what customers choose (decision 238); "": nowhere."""
    thanks: Period | None = None
    """How long after the delivery the customer is thanked; None: never."""
    followup: Period | None = None
