"""Rules about who can be reached: the shop, the bodies to which customers may turn, and the languages."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date

from chalicelib.patterns import pattern
from chalicelib.rules.checking.rule import EU_AND_UK, Facts, Rule, Severity
from chalicelib.rules.policy.checks import CHECK_BODIES_EVERY, leads_to_closed_platform
from chalicelib.rules.policy.promises import COMPLAINT, DATA_REQUEST

_AS_OF = date(2026, 11, 29)
_CHANNELS = "Directive 2011/83/EU, Art. 6(1)(c)"
_ODR = "Regulation (EU) 2024/3228: the platform closed on 20 July 2025"
# Numbers that cost more than the call itself, by calling code.
_PREMIUM = {
    "49": pattern(r"0?(?:900|137|180)|118\d{2}$"),
    "43": pattern(r"0?(?:9[03]\d|8[12]\d)"),
    "44": pattern(r"0?(?:9|8[47])|118\d{3}$"),
    "34": pattern(r"80[367]|90[125]"),
    "39": pattern(r"89|199|84"),
    "33": pattern(r"0?8[129]|3\d{3}$"),
}
_CODES = {"DE": "49", "AT": "43", "GB": "44", "ES": "34", "IT": "39", "FR": "33"}
_INTERNATIONAL = pattern(r"(?:\+|00)([1-9]\d)(\d*)")
# The languages in which people of a country expect to be served, as far as shops can have them.
_SPOKEN = {"DE": "de", "AT": "de", "CH": "de", "LI": "de", "GB": "en", "IE": "en", "MT": "en", "US": "en"}


def _closed_platform(facts: Facts) -> Iterator[str]:
    for body in facts.shop.bodies:
        if leads_to_closed_platform(body.url):
            yield f"bodies: {body.name} is the EU's closed platform."
    for document, editions in facts.texts.items():
        for language, text in editions.items():
            if leads_to_closed_platform(text):
                yield f"{document} ({language}) links to the EU's closed platform."
    for where, text in (*_texts_of(facts.shop, "the policy"), *facts.said.items()):
        if leads_to_closed_platform(text):
            yield f"{where} links to the EU's closed platform."


def _texts_of(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Every text in a part of the policy, with the keys that lead there. Bodies are looked at by themselves."""
    if isinstance(value, str):
        yield where, value
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            if each.name != "bodies":
                yield from _texts_of(getattr(value, each.name), f"{where}, {each.name}")
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts_of(part, f"{where}, {key}")
    elif isinstance(value, (tuple, list, frozenset)):
        for number, part in enumerate(value, 1):
            yield from _texts_of(part, f"{where} {number}")


def _body_unchecked(facts: Facts) -> Iterator[str]:
    for body in facts.shop.bodies:
        if facts.today - body.checked > CHECK_BODIES_EVERY:
            yield f"bodies: {body.name} was last checked on {body.checked}."


def _no_body(facts: Facts) -> Iterator[str]:
    for market in sorted(facts.markets):
        if not facts.shop.bodies_for(market, COMPLAINT):
            yield f"bodies: none for complaints from {market}."


def _no_authority(facts: Facts) -> Iterator[str]:
    if not any(facts.shop.bodies_for(market, DATA_REQUEST) for market in {facts.shop.country, *facts.markets}):
        yield "bodies: no data protection authority is named."


def _premium_number(facts: Facts) -> Iterator[str]:
    phone = re.sub(r"[^\d+]", "", facts.shop.channels.phone or "")
    abroad = _INTERNATIONAL.match(phone)
    code, number = (abroad[1], abroad[2]) if abroad else (_CODES.get(facts.shop.country, ""), phone)
    if code in _PREMIUM and _PREMIUM[code].match(number):
        yield f"channels.phone {facts.shop.channels.phone} looks like a number that costs more than a call."


def _no_phone(facts: Facts) -> Iterator[str]:
    if not facts.shop.channels.phone:
        yield "channels.phone is missing."


def _no_post(facts: Facts) -> Iterator[str]:
    if not facts.shop.channels.post:
        yield "channels.post is missing: no address to which a letter can be sent."


def _no_opening(facts: Facts) -> Iterator[str]:
    if facts.shop.channels.phone and not facts.shop.channels.opening:
        yield "channels.opening is missing: nobody knows when the telephone is answered."


def _language_lacks(facts: Facts) -> Iterator[str]:
    for market in sorted(facts.markets & _SPOKEN.keys()):
        if _SPOKEN[market] not in facts.shop.languages:
            yield f"languages: {_SPOKEN[market]} is missing, for customers in {market}."


def _not_secure(facts: Facts) -> Iterator[str]:
    for url in (facts.shop.url, facts.shop.privacy_url, facts.shop.terms_url or "", *facts.shop.origins):
        if url.lower().startswith("http://"):
            yield f"{url} is not encrypted: write https."


def _nobody_told(facts: Facts) -> Iterator[str]:
    if not any(agent.notify for agent in facts.shop.agents):
        yield "agents: nobody is told of new tickets."


def _alone(facts: Facts) -> Iterator[str]:
    if len(facts.shop.agents) < 2:
        yield "agents: only one. Who answers when they are away?"


def _closed_days_ended(facts: Facts) -> Iterator[str]:
    dated = [day.year for day in facts.shop.holidays.extra if day.year is not None]
    if dated and max(dated) < facts.today.year:
        yield f"closed_days end with {max(dated)}."


def _hard_to_write(facts: Facts) -> Iterator[str]:
    if facts.shop.limits.per_address_day < 3:
        yield f"limits.per_address_day is {facts.shop.limits.per_address_day}: a customer's second message may wait."


RULES = (
    Rule("closed-platform", Severity.BREACH, _ODR, _AS_OF, _closed_platform, watched=True),
    Rule("body-unchecked", Severity.RISK, "Directive 2013/11/EU, Art. 13", _AS_OF, _body_unchecked, watched=True),
    Rule("no-body", Severity.RISK, "Directive 2013/11/EU, Art. 13", _AS_OF, _no_body, watched=True),
    Rule("no-authority", Severity.BREACH, "GDPR, Art. 13(2)(d)", _AS_OF, _no_authority, EU_AND_UK),
    Rule("premium-number", Severity.BREACH, "Directive 2011/83/EU, Art. 21", _AS_OF, _premium_number, EU_AND_UK),
    Rule("no-phone", Severity.RISK, _CHANNELS, _AS_OF, _no_phone, EU_AND_UK),
    Rule("no-post", Severity.LOOK, _CHANNELS, _AS_OF, _no_post, EU_AND_UK),
    Rule("no-opening", Severity.LOOK, "good practice for calls", _AS_OF, _no_opening),
    Rule(
        "language-lacks",
        Severity.RISK,
        "good practice: customers are served in their language",
        _AS_OF,
        _language_lacks,
    ),
    Rule("not-secure", Severity.RISK, "GDPR, Art. 32", _AS_OF, _not_secure),
    Rule("nobody-told", Severity.RISK, "good practice: no message goes unseen", _AS_OF, _nobody_told, watched=True),
    Rule("alone", Severity.LOOK, "good practice: staffing is not the customers' problem", _AS_OF, _alone),
    Rule("closed-days-ended", Severity.LOOK, "the shop's own calendar", _AS_OF, _closed_days_ended, watched=True),
    Rule("hard-to-write", Severity.LOOK, "good practice: complaining is easy", _AS_OF, _hard_to_write),
)
