"""What telephone systems tell of callers: how long they waited until a person picked up, or that nobody did
(decision 322)."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.rules.learning.causes import named
from chalicelib.rules.learning.live import SOON

PHONE = "phone"
"""The first part of these counts' names. They belong to no ticket, so a recount of tickets does not know them."""
_SOON = int(SOON.total_seconds())
_MOST = (20, 60, _SOON, 300, 600)
LONGER, IN_VAIN = "longer", "in_vain"
CLASSES = (*map(str, _MOST), LONGER)
"""How long somebody waited who was answered: so many seconds at most; beyond the last number it is `longer`."""
SOON_CLASSES = frozenset(str(most) for most in _MOST if most <= _SOON)


def count_of(at: datetime, waited: int, *, answered: bool) -> str:
    """The name under which a call is counted, by its hour (UTC). `waited`: seconds until a person picked up, or until
    the caller gave up (not `answered`)."""
    became = next((str(most) for most in _MOST if waited <= most), LONGER) if answered else IN_VAIN
    return named(PHONE, became, f"{at:%H}")


def is_in_vain(count: str) -> bool:
    return count.startswith(f"{named(PHONE, IN_VAIN)} ")


def median(answered: Mapping[str, int]) -> str:
    """The class within which at least half of the answered calls are. `answered`: their number by class, one at
    least."""
    half, found = sum(answered.values()) / 2, 0
    for each in CLASSES:
        found += answered.get(each, 0)
        if found >= half:
            return each
    return LONGER
