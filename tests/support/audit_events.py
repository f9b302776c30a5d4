"""The words of an audit event: its fields without those of random letters, which may contain any name by chance."""

import re
from typing import Any

from tests.support import shops

# The agent that an admin acted for, or a substitute: must be one of the policy's agents.
_AGENTS = re.compile(
    "|".join(re.escape(agent.address) for shop in shops.policy().shops.values() for agent in shop.agents)
)
# The allowed values of these fields. None of them can tell who the audit event is about.
_OF_LETTERS = {
    "request": re.compile(r"[0-9a-zA-Z-]{1,64}"),
    "subject": re.compile(r"[0-9a-zA-Z_-]{1,64}"),
    "certificate": re.compile(r"[0-9a-zA-Z#/:._-]{1,100}"),
    "key": re.compile(r"exports/[0-9a-z]{8,64}/([0-9A-Z]{1,20}/)?[0-9a-z._-]{1,80}"),
    "agent": _AGENTS,
    "substitute": _AGENTS,
    "reference": re.compile(r"[A-Z]{2,5}-[0-9A-Z]{5}-[0-9A-Z]{5}"),
}
_FIELD = re.compile(r'(?:^| )([a-z_.]+)=("[^"]*"|\S*)')


def words(audit_event: Any) -> str:
    """The audit event's actor, action and detail, without the fields of random letters. Asserts that these have allowed
    values."""
    said = [audit_event.actor, audit_event.action]
    for name, value in _FIELD.findall(audit_event.detail):
        if name in _OF_LETTERS and value:
            assert _OF_LETTERS[name].fullmatch(value), (name, value)
        else:
            said.append(f"{name}={value}")
    return " ".join(said)
