"""Times as the desk shows them: short, next to the time left or past.

The words are in templates/words under [desk.time].
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.rendering import words
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import Clock
from chalicelib.services.desk import countdowns

_NEAR = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """The time until a promise is due, in words; `tone`: "late", "soon" or ""."""

    words: str
    tone: str


def left_of(clock: Clock, now: datetime, language: str) -> TimeLeft:
    """The countdown of a running promise."""
    soon = now >= (clock.warn_at or clock.due - _NEAR)
    return TimeLeft(countdowns.left(clock.due, now, language), "late" if clock.late(now) else "soon" if soon else "")


def ago(at: datetime, now: datetime, language: str) -> str:
    """How long ago something was: "3 hours ago"."""
    minutes = int((now - at).total_seconds() // 60)
    for unit, size in (("days", 1440), ("hours", 60), ("minutes", 1)):
        if minutes >= size:
            return _say(language, f"ago.{unit}", count=minutes // size)
    return _say(language, "ago.now")


def short(at: datetime, now: datetime, shop: Shop, language: str) -> str:
    """The time in the shop's time zone, as short as possible: "10:30" today, "25 Nov, 10:30", "25 Nov 2025"."""
    there, today = (moment.astimezone(ZoneInfo(shop.timezone)) for moment in (at, now))
    form = "today" if there.date() == today.date() else "this_year" if there.year == today.year else "long_ago"
    month = words.names(language, "desk.time.months")[there.month - 1]
    return _say(language, form, day=there.day, month=month, year=there.year, time=f"{there:%H:%M}")


def _say(language: str, key: str, **values: object) -> str:
    count = values.get("count")
    phrase = words.phrase(language, f"desk.time.{key}", count if isinstance(count, int) else None)
    return phrase.format(**values)
