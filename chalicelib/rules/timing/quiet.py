"""How long something that comes again and again may be quiet before that is no longer usual."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

# Fewer say nothing about what is usual.
_LEAST_GAPS = 10
_TIMES = 3


def usual_gap(moments: Sequence[datetime]) -> timedelta | None:
    """The longest pause that is usual: the second longest of those between the moments. Nights and weekends come again,
    so they count; one failure that was repaired does not. None if too little is known."""
    gaps = sorted(later - earlier for earlier, later in pairwise(sorted(moments)))
    return gaps[-2] if len(gaps) >= _LEAST_GAPS else None


def quiet_since(moments: Sequence[datetime], now: datetime) -> datetime | None:
    """The last moment, if the time since it is three times what is usual; else None."""
    usual = usual_gap(moments)
    if usual is None:
        return None
    last = max(moments)
    return last if now - last >= _TIMES * usual else None
