"""How long there is until a promise is due, or how long it has been overdue, in the few numbers an agent needs."""

from dataclasses import dataclass
from datetime import datetime

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# From so many days on, hours tell nothing.
_DAYS_ALONE = 2
_MONTHS_ALONE, _YEARS_ALONE = 3, 2


@dataclass(frozen=True, slots=True)
class Countdown:
    """Begun minutes do not count: there is at least so much time left, or at least so much of it gone by."""

    late: bool
    years: int = 0
    months: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0

    @property
    def now(self) -> bool:
        """Whether it is less than a minute either way."""
        return not (self.years or self.months or self.days or self.hours or self.minutes)

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The numbers that say something, each with its unit, the greatest first: at most two."""
        every = (
            ("years", self.years),
            ("months", self.months),
            ("days", self.days),
            ("hours", self.hours),
            ("minutes", self.minutes),
        )
        return tuple((unit, count) for unit, count in every if count)


def countdown(due: datetime, now: datetime) -> Countdown:
    """From now to the moment it is due: minutes within a day, hours within two, then days alone, from three
    months on months, and from two years on years. Late is late by the
    smallest part of a second, as it is for the promise's clock."""
    late = now > due
    seconds = int(abs(due - now).total_seconds())
    days, rest = divmod(seconds, _DAY)
    months = days * 12 // 365
    if months >= _YEARS_ALONE * 12:
        return Countdown(late, years=months // 12)
    if months >= _MONTHS_ALONE:
        return Countdown(late, months=months)
    if days >= _DAYS_ALONE:
        return Countdown(late, days=days)
    if days:
        return Countdown(late, days=days, hours=rest // _HOUR)
    return Countdown(late, hours=rest // _HOUR, minutes=rest % _HOUR // _MINUTE)
