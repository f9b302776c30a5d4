"""Holds a shop against all rules of `policy-check`."""

from collections.abc import Iterable
from datetime import date

from chalicelib.rules.checking import orders, reachable, rights, texts, times
from chalicelib.rules.checking.rule import Facts, Finding, Severity
from chalicelib.rules.policy.model import Shop

RULES = (*times.RULES, *orders.RULES, *reachable.RULES, *rights.RULES, *texts.RULES)
_ORDER = tuple(Severity)


def check(facts: Facts) -> tuple[Finding, ...]:
    """What the shop breaks of the rules that count in its markets, the gravest first."""
    found = [Finding(rule, sentence) for rule in RULES if rule.counts(facts.markets) for sentence in rule.broken(facts)]
    return tuple(sorted(found, key=lambda each: _ORDER.index(each.rule.severity)))


def watched(shop: Shop, today: date) -> tuple[Finding, ...]:
    """What the policy alone shows, for the shop's own country: what `health` names (decision 205)."""
    facts = Facts(shop, (), {}, frozenset([shop.country]), today)
    return tuple(each for each in check(facts) if each.rule.watched)


def clean(findings: Iterable[Finding]) -> bool:
    """Whether nothing was found but what a person should look at."""
    return all(each.rule.severity is Severity.LOOK for each in findings)
