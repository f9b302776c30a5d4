"""Whether it is open now, and when it opens next: for what is said to people who read a page."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.rules.timing.worktime import Holidays, NoWorkingTime, Shift, WorkingHours, local_date, working_days

SAID_FOR = timedelta(seconds=60)
"""For how long what a page says of the present holds, and so for how long such a page may be kept."""
_FAR = timedelta(days=366)
"""Nobody is away for longer."""


def shift_at(at: datetime, hours: WorkingHours, holidays: Holidays) -> Shift | None:
    """The shift in which this moment is; None if it is closed."""
    try:
        _, shifts = next(working_days(local_date(at, hours), hours, holidays))
    except NoWorkingTime:
        return None
    return next((shift for shift in shifts if shift[0] <= at < shift[1]), None)


def opening_after(
    at: datetime, hours: WorkingHours, holidays: Holidays, staffed: Callable[[datetime], bool]
) -> datetime | None:
    """When the next shift begins at whose beginning somebody is there; None if none does within a year."""
    try:
        for _, shifts in working_days(local_date(at, hours), hours, holidays):
            for opens, _ in shifts:
                if opens > at + _FAR:
                    return None
                if opens > at and staffed(opens):
                    return opens
    except NoWorkingTime:
        return None
    raise AssertionError("working_days never ends")
