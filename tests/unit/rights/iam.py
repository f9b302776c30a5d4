"""What a policy allows, decided like IAM, as far as our policies need it; features they don't use are refused here."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

_ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}


@dataclass(frozen=True, slots=True)
class Call:
    """One question to IAM: an action on a resource, and the values that conditions may ask about."""

    action: str
    resource: str
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def said(self, key: str) -> tuple[str, ...]:
        return next((values for name, values in self.context if name.lower() == key.lower()), ())

    def __str__(self) -> str:
        about = "".join(f" {key}={','.join(values)}" for key, values in self.context)
        return f"{self.action} on {self.resource}{about}"


@dataclass(frozen=True, slots=True)
class Condition:
    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """One action on one resource, from a statement that may have several of both."""

    sid: str
    allows: bool
    action: str
    resource: str
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        bounds = "".join(f" {c.key}={','.join(c.values)}" for c in self.conditions)
        return f"{self.sid}: {'' if self.allows else 'no '}{self.action} on {self.resource}{bounds}"


Policy = tuple[Grant, ...]


def read(statements: Iterable[Mapping[str, Any]]) -> Policy:
    """The grants in a policy's statements, whose names are already resolved. Raises ValueError for anything we can't
    decide."""
    return tuple(grant for statement in statements for grant in _grants(statement))


def allowed(policy: Policy, call: Call) -> bool:
    """Whether no grant denies the call and at least one allows it."""
    applying = [grant for grant in policy if _applies(grant, call)]
    return bool(applying) and all(grant.allows for grant in applying)


def denied(policy: Policy, calls: Iterable[Call]) -> list[Call]:
    return [call for call in calls if not allowed(policy, call)]


def unused(policy: Policy, calls: Sequence[Call], sid: str = "") -> list[str]:
    """Grants that could each be removed while every call stays allowed; optionally only those of one statement."""
    return [what for what, action, without in narrower(policy, sid) if not denied(without, _of(action, calls))]


def narrower(policy: Policy, sid: str = "") -> Iterator[tuple[str, str, Policy]]:
    """For each grant, or each of a grant's leading keys: its name, its action, and the policy without it."""
    for place, grant in enumerate(policy):
        before, after = policy[:place], policy[place + 1 :]
        if not grant.allows or (sid and grant.sid != sid):
            continue
        keys = next((c for c in grant.conditions if c.key == "dynamodb:LeadingKeys" and len(c.values) > 1), None)
        for value in keys.values if keys else ():
            fewer = Condition(keys.operator, keys.key, tuple(v for v in keys.values if v != value))  # type: ignore[union-attr]
            conditions = tuple(fewer if c is keys else c for c in grant.conditions)
            what = f"{grant.sid}: {grant.action} on {grant.resource} of {value}"
            yield what, grant.action, (*before, replace(grant, conditions=conditions), *after)
        if not keys:
            yield str(grant), grant.action, (*before, *after)


def _of(action: str, calls: Iterable[Call]) -> list[Call]:
    return [call for call in calls if _like(action.lower(), call.action.lower())]


def _grants(statement: Mapping[str, Any]) -> Iterator[Grant]:
    if strange := set(statement) - _ELEMENTS:
        raise ValueError(f"a statement has {sorted(strange)}")
    conditions = tuple(
        Condition(operator, key, tuple(_listed(values)))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )
    for condition in conditions:
        _comparison(condition.operator)
    for action in _listed(statement["Action"]):
        for resource in _listed(statement["Resource"]):
            yield Grant(
                statement["Sid"], {"Allow": True, "Deny": False}[statement["Effect"]], action, resource, conditions
            )


def _listed(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in found):
        raise ValueError(f"not text: {value}")
    return found


def _applies(grant: Grant, call: Call) -> bool:
    return (
        _like(grant.action.lower(), call.action.lower())
        and _like(grant.resource, call.resource)
        and all(_holds(condition, call.said(condition.key)) for condition in grant.conditions)
    )


def _holds(condition: Condition, said: tuple[str, ...]) -> bool:
    """ForAllValues holds if the call has no value for the key, ForAnyValue does not; without either, one value is
    compared."""
    quantifier, compare = _comparison(condition.operator)
    matching = [any(compare(value, each) for value in condition.values) for each in said]
    if quantifier == "ForAllValues":
        return all(matching)
    if quantifier == "ForAnyValue":
        return any(matching)
    return len(matching) == 1 and matching[0]


def _comparison(operator: str) -> tuple[str, Any]:
    quantifier, _, plain = operator.rpartition(":")
    compare = {"StringEquals": str.__eq__, "StringLike": _like}.get(plain)
    if compare is None or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise ValueError(f"a condition of {operator}")
    return quantifier, compare


def _like(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """IAM's two wildcards: any text, and any one character."""
    parts = (".*" if letter == "*" else "." if letter == "?" else re.escape(letter) for letter in pattern)
    return re.compile("".join(parts), re.DOTALL)
