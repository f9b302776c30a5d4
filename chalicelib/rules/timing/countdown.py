"""How long until a promise is due, or how long it is overdue, in the few numbers an agent needs."""

from dataclasses import dataclass
from datetime import datetime

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# From this many days on, hours say nothing useful.
_DAYS_ONLY = 2
_MONTHS_ONLY, _YEARS_ONLY = 3, 2


@dataclass(frozen=True, slots=True)
class Countdown:
    """The time left, or the time since it was due. Each number is rounded down: a begun minute does not count."""

    late: bool
    years: int = 0
    months: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0

    @property
    def now(self) -> bool:
        """Whether it is less than a minute before or after the due moment."""
        return not (self.years or self.months or self.days or self.hours or self.minutes)

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The numbers that are not zero, each with its unit, the largest first: at most two."""
        units = (
            ("years", self.years),
            ("months", self.months),
            ("days", self.days),
            ("hours", self.hours),
            ("minutes", self.minutes),
        )
        return tuple((unit, count) for unit, count in units if count)


def countdown(due: datetime, now: datetime) -> Countdown:
    """The time from `now` to `due`: hours and minutes within a day, days and hours within two days, then days only,
    from three months on months, and from two years on years. It is late from the first microsecond after `due`, as the
    promise's clock is."""
    late = now > due
    seconds = int(abs(due - now).total_seconds())
    days, rest = divmod(seconds, _DAY)
    months = days * 12 // 365
    if months >= _YEARS_ONLY * 12:
        return Countdown(late, years=months // 12)
    if months >= _MONTHS_ONLY:
        return Countdown(late, months=months)
    if days >= _DAYS_ONLY:
        return Countdown(late, days=days)
    if days:
        return Countdown(late, days=days, hours=rest // _HOUR)
    return Countdown(late, hours=rest // _HOUR, minutes=rest % _HOUR // _MINUTE)
