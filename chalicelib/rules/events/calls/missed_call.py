"""A call to the shop that nobody answered, as its provider tells it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MissedCall:
    """`id`: the provider's own; `number`: the caller's, as the provider writes it; `at`: when the call came."""

    id: str
    number: str
    at: datetime
