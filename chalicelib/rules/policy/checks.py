"""Checks of several keys together: promises that contradict each other, people who are missing.

Mistakes refuse the policy; warnings let it pass and are shown to admins.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from chalicelib.rules.policy.addresses import address_mistakes
from chalicelib.rules.policy.countries import UNITED_KINGDOM
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.policy.order_terms import OrderTerms
from chalicelib.rules.policy.promises import (
    COMPLAINT,
    DATA_REQUEST,
    PRIVACY_COMPLAINT,
    QUESTION,
    WithdrawalTerms,
)
from chalicelib.rules.policy.tables import Reading, Values, note_repeated
from chalicelib.rules.policy.toml_lines import Path
from chalicelib.rules.timing.periods import Period, Unit

CHECK_BODIES_EVERY = timedelta(days=365)
CLOSED_PLATFORM = "ec.europa.eu/consumers/odr"
"""The EU's online dispute platform, closed on 20 July 2025 by Regulation (EU) 2024/3228."""

TYPICAL_MINUTES = {
    Unit.MINUTES: 1,
    Unit.HOURS: 60,
    Unit.DAYS: 1440,
    Unit.MONTHS: 43830,
    Unit.YEARS: 525960,
    Unit.WORKING_HOURS: 252,
    Unit.WORKING_DAYS: 2016,
}
"""How long a unit usually lasts by the calendar, with five working days of eight hours in a week."""
_PROMISED = ("first_answer", "resolve")


def default_length(period: Period) -> int:
    return period.amount * TYPICAL_MINUTES[period.unit]


def kind_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """Contradictions between the promises of one kind of ticket. Keys that could not be read are skipped."""
    for check in (_order_mistakes, _warning_mistakes, _needless, _unwatched, _not_offered):
        yield from check(values)


def _order_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    promises = [(key, values[key]) for key in ("acknowledge", *_PROMISED) if values.get(key)]
    for (sooner, first), (later, second) in pairwise(promises):
        if default_length(first) > default_length(second):
            yield sooner, f'"{first}" is later than {later} ("{second}"): shorten this or lengthen that.'


def _warning_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    warn, promised = values.get("warn"), _promised(values)
    if warn and promised and default_length(warn) >= min(map(default_length, promised)):
        yield "warn", f'"{warn}" before is before the promise even begins: write less than "{promised[0]}".'
    if any(step.at == "warn" for step in values.get("escalation", ())) and "warn" in values and not warn:
        yield "warn", 'is missing: escalation has a step at "warn", so write how long before, such as "1 day".'


def _needless(values: Values) -> Iterator[tuple[str, str]]:
    """Keys that change a promise which is not made."""
    for key, promise, does in (("extension", "resolve", "extends"), ("pause_first_answer", "first_answer", "pauses")):
        if values.get(key) and promise in values and not values[promise]:
            yield key, f"{does} nothing: write {promise} as well, or take this out."


def _unwatched(values: Values) -> Iterator[tuple[str, str]]:
    if values.get("escalation") and values.keys() >= set(_PROMISED) and not _promised(values):
        yield "escalation", "has nothing to watch over: write first_answer or resolve, or take this out."


def _not_offered(values: Values) -> Iterator[tuple[str, str]]:
    """Forms without a kind are questions; requests about personal data may come in any mail."""
    if values.get("id") in (QUESTION, DATA_REQUEST) and not values.get("offered", True):
        yield "offered", f"must be true for {values['id']}: its tickets are also opened without anybody choosing it."


def _promised(values: Values) -> list[Period]:
    return [values[key] for key in _PROMISED if values.get(key)]


def guarantee_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """What is said about a guarantee that nobody gives."""
    for key in ("given_by", "covers"):
        if values.get(key) and "commercial" in values and not values["commercial"]:
            yield key, "says something about a guarantee that is not there: write commercial as well, or take this out."


def order_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """A delivery that is promised before the dispatch."""
    dispatch, deliver = values.get("dispatch"), values.get("deliver")
    if dispatch and deliver and default_length(dispatch) > default_length(deliver):
        yield "dispatch", f'"{dispatch}" is later than deliver ("{deliver}"): shorten this or lengthen that.'


def shop_mistakes(values: Values) -> Iterator[tuple[str, str]]:
    """Contradictions within one shop."""
    if "hours" in values and not any(values["hours"]):
        yield (
            "hours",
            'has no working time: write mon = ["09:00-17:30"] or others.',
        )
    if values.get("terms_required") and "terms_url" in values and not values["terms_url"]:
        yield "terms_url", "is missing: terms_required asks customers to accept terms, so write where they are."
    offered = [id for id, kind in values.get("kinds", {}).items() if kind.offered]
    if offered and values.get("mail_kind", QUESTION) not in offered:
        yield "mail_kind", f"names no kind that this shop offers: write one of {', '.join(offered)}."
    agents = values.get("agents", ())
    if agents and not any(agent.role == "owner" for agent in agents):
        yield "agents", 'has no owner, who gets the escalations and the daily digest: give one agent role = "owner".'


def across_shops(shops: dict[str, Any], reading: Reading) -> None:
    """Values that two shops may not share. Works on raw values, so that other mistakes don't hide these."""
    places: dict[Path, Any] = {("shops", name): raw for name, raw in shops.items()}
    note_repeated(places, "support", reading)
    note_repeated(places, "prefix", reading)
    address_mistakes(places, reading)


def warnings(shops: Iterable[Shop], today: date) -> Iterator[str]:
    """What somebody should look at, each sentence with the shop's name."""
    for shop in shops:
        for body in shop.bodies:
            if today - body.checked > CHECK_BODIES_EVERY:
                yield f"{shop.name}: {body.name} was last checked on {body.checked}: see whether it is still so."
            if CLOSED_PLATFORM in body.url:
                yield f"{shop.name}: {body.name} is the EU's dispute platform, closed in 2025: take it out."
        if not shop.bodies_for(shop.country, COMPLAINT):
            yield f"{shop.name}: no consumer body for complaints from {shop.country}, the shop's own country."
        if not any(agent.notify for agent in shop.agents):
            yield f"{shop.name}: no agent is told of new tickets: set notify = true for one."
        dated = [day.year for day in shop.holidays.extra if day.year is not None]
        if dated and max(dated) < today.year:
            yield f"{shop.name}: its closed days end with {max(dated)}: write those of {today.year}."
        yield from _data_request_warnings(shop)
        yield from _privacy_complaint_warnings(shop)
        yield from _withdrawal_warnings(shop)
        yield from _order_warnings(shop)
        if shop.review_request and shop.adverts.basis == "none":
            yield (
                f"{shop.name}: nobody is asked how it went, because review_request advertises (Germany: § 7 UWG; UK: "
                "PECR reg. 22) and adverts states no legal basis: state it if you have one, or take review_request out."
            )


def _withdrawal_warnings(shop: Shop) -> Iterator[str]:
    """Directive 2011/83/EU, Articles 9(1), 13(1) and 14(1): each 14 days."""
    terms, law = shop.withdrawal, default_length(WithdrawalTerms().refund)
    if default_length(terms.refund) > law:
        yield f"{shop.name}: after a withdrawal the refund is due within 14 days (Directive 2011/83/EU, Art. 13(1))."
    if default_length(terms.period) < law:
        yield f"{shop.name}: a customer may withdraw for 14 days after the delivery (Directive 2011/83/EU, Art. 9(1))."
    if default_length(terms.send_back) < law:
        yield f"{shop.name}: a customer has 14 days to send the goods back (Directive 2011/83/EU, Art. 14(1))."


def _order_warnings(shop: Shop) -> Iterator[str]:
    """Directive 2011/83/EU, Article 18(1): without another agreement, 30 days after the contract."""
    if default_length(shop.orders.deliver) > default_length(OrderTerms().deliver):
        yield (
            f"{shop.name}: orders are delivered within 30 days unless the customer agreed to another time "
            "(Directive 2011/83/EU, Art. 18(1)): shorten deliver, or say so in the terms."
        )


def _data_request_warnings(shop: Shop) -> Iterator[str]:
    """GDPR Art. 12(3): answered within one month, extended by two further months at most."""
    kind = shop.kinds[DATA_REQUEST]
    month = default_length(Period(1, Unit.MONTHS))
    if kind.resolve is None or default_length(kind.resolve) > month:
        yield f"{shop.name}: a data request has to be answered within 1 month (GDPR Art. 12(3))."
    if kind.extension and default_length(kind.extension.limit) > 2 * month:
        yield f"{shop.name}: a data request may be extended by 2 months at most (GDPR Art. 12(3))."


def _privacy_complaint_warnings(shop: Shop) -> Iterator[str]:
    """UK Data (Use and Access) Act 2025, since 19 June 2026: complaints about personal data are taken, acknowledged
    within 30 days, and answered without undue delay; the complainant hears how far they are."""
    kind = shop.kinds[PRIVACY_COMPLAINT]
    if not kind.offered:
        if shop.country == UNITED_KINGDOM:
            yield f"{shop.name}: a shop in the UK must take complaints about personal data: set offered = true."
        return
    if default_length(kind.acknowledge) > default_length(Period(30, Unit.DAYS)):
        yield f"{shop.name}: a complaint about personal data has to be acknowledged within 30 days (UK law)."
    if kind.resolve is None or kind.progress is None:
        yield f"{shop.name}: a complaint about personal data needs resolve and progress (UK law)."
