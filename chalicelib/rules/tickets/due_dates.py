"""Due dates as people read them: only the day for periods counted in days, else to the minute.

The day is the one in which the clock runs out, because periods end with the last hour of their last day (Regulation
(EEC, Euratom) No 1182/71, Article 3(2)(b)). A clock that runs out at midnight ends with the day before. For people who
were given a day, nothing is late before that day is over. The shop itself works by the clock, which is due within that
day and never after it. When the shop gives somebody else a day, they have the whole day (decision 107).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from chalicelib.rules.policy.model import Kind, Shop
from chalicelib.rules.tickets.clocks import DECIDED, Clock, RuleContext, SetBy, set_until
from chalicelib.rules.timing import worktime
from chalicelib.rules.timing.due_explained import Explanation, explain, explain_decided
from chalicelib.rules.timing.periods import Holidays, Period, Unit, parse
from chalicelib.rules.timing.worktime import WorkingHours

_MINUTELY = (Unit.MINUTES, Unit.HOURS, Unit.WORKING_HOURS)
_INSTANT = timedelta(microseconds=1)
_DAYS_END = time(23, 59)


@dataclass(frozen=True, slots=True)
class DueDate:
    """A moment by which something is due, and whether people see only its day."""

    at: datetime
    by_day: bool


def due_date(clock: Clock) -> DueDate:
    """When the clock is due. An agreed date is shown to the minute, as it was agreed."""
    return like(clock, clock.due)


def like(clock: Clock, at: datetime) -> DueDate:
    """Another moment, shown as precisely as the clock's own due date."""
    return DueDate(at, clock.set_by is not SetBy.AGREED and counts_days(parse(clock.period)))


def counts_days(period: Period) -> bool:
    return period.unit not in _MINUTELY


def day_of(due: DueDate, zone: tzinfo) -> date:
    """The day that people see."""
    return (due.at - _INSTANT).astimezone(zone).date()


def broken(clock: Clock, now: datetime, zone: tzinfo) -> bool:
    """Whether the promise is broken for the person it was made to: late, and the day they were given is over."""
    due, until = due_date(clock), clock.paused_at or clock.met_at or now
    return clock.late(now) and (not due.by_day or until.astimezone(zone).date() > day_of(due, zone))


def explained(clock: Clock, shop: Shop, holidays: Holidays) -> Explanation:
    """Why the clock is due when it is."""
    if clock.set_by in DECIDED:
        return explain_decided(clock.set_by, clock.set_at, clock.due, shop.hours)
    return explain(clock.set_at, parse(clock.period), clock.due, shop.hours, holidays)


def end_of(day: date, hours: WorkingHours) -> datetime:
    """A day's last minute; people see it as that day."""
    return worktime.at(day, _DAYS_END, hours.zone).astimezone(UTC)


def given_time(name: str, period: Period, kind: Kind, context: RuleContext, set_by: SetBy) -> Clock:
    """The clock for the time that somebody else is given. If they are given a day, they have the whole day."""
    hours, until = context.shop.hours, context.after(period)
    if counts_days(period):
        until = max(until, end_of(day_of(DueDate(until, by_day=True), hours.zone), hours))
    return set_until(name, str(period), until, kind, context, set_by)
