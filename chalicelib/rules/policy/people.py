"""Whom a shop's policy names: who answers for it, whom tickets are referred to, whom customers may turn to."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from chalicelib.rules.timing.periods import Period

Role = Literal["agent", "admin", "owner"]


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who answers for the shop. `notify`: is mailed new tickets and customers' replies."""

    address: str
    name: str
    role: Role = "agent"
    notify: bool = True


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """Whom tickets are referred to: by when it is to answer, and how often it is reminded from then on."""

    id: str
    name: str
    role: Literal["courier", "manufacturer", "service"]
    address: str
    languages: tuple[str, ...]
    answer: Period
    reminder: Period


@dataclass(frozen=True, slots=True)
class ConsumerBody:
    """Whom customers of these countries may turn to when the shop and they can't agree. `kinds` empty: for any."""

    name: str
    url: str
    address: str | None
    countries: tuple[str, ...]
    kinds: tuple[str, ...]
    takes_part: bool
    """Whether the shop takes part in its procedure: customers must be told."""
    checked: date
    """When somebody last saw that all of this is still so."""
