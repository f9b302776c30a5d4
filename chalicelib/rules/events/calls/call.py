"""A call to the shop, as its provider tells it: nobody answered it, or a person picked it up."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_WAIT = 86_400
"""Seconds. Who says that somebody waited for more than a day is mistaken."""


@dataclass(frozen=True, slots=True)
class MissedCall:
    """`id`: the provider's own; `number`: the caller's, as the provider writes it; `at`: when the call came; `waited`:
    seconds until the caller gave up, where the provider measures it."""

    id: str
    number: str
    at: datetime
    waited: int | None = None


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """`id`: the provider's own; `waited`: seconds until a person picked up; `at`: when that was, or when we heard of
    it. Nothing says who called."""

    id: str
    waited: int
    at: datetime


Call = MissedCall | AnsweredCall
