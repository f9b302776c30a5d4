"""The people and bodies that a shop's policy names: agents, third parties, and consumer bodies."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from chalicelib.rules.policy.promises import ABOUT_DATA
from chalicelib.rules.timing.periods import Period

Role = Literal["agent", "admin", "owner"]
PartyRole = Literal["courier", "manufacturer", "service"]


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who works for the shop. `notify`: gets mail about new tickets and customers' replies."""

    address: str
    name: str
    role: Role = "agent"
    notify: bool = True


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """A courier, manufacturer or repair shop that tickets are referred to. `answer`: the period to answer in;
    `reminder`: the period between reminders after that."""

    id: str
    name: str
    role: PartyRole
    address: str
    languages: tuple[str, ...]
    answer: Period
    reminder: Period


@dataclass(frozen=True, slots=True)
class ConsumerBody:
    """A body to which customers of these countries may turn when they and the shop can't agree. `kinds` empty: for any
    kind."""

    name: str
    url: str
    address: str | None
    countries: tuple[str, ...]
    kinds: tuple[str, ...]
    takes_part: bool
    """Whether the shop takes part in this body's procedure: customers must be informed."""
    checked: date
    """When somebody last checked that all of this is still true."""

    @property
    def authority(self) -> bool:
        """Whether it watches over data protection only. An authority decides by law: nobody takes part or does not."""
        return bool(self.kinds) and set(self.kinds) <= set(ABOUT_DATA)
