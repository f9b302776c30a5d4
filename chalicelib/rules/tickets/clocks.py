"""The promises a ticket carries, each a clock with the moment it is due and the steps it takes on the way.

A clock is set once, from the policy in force that moment; changing the policy never moves it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.rules.policy.model import Kind, Shop
from chalicelib.rules.timing import worktime
from chalicelib.rules.timing.due_explained import explain, explain_decided
from chalicelib.rules.timing.periods import Holidays, Period, before, due, parse

ACKNOWLEDGE = "acknowledge"
FIRST_ANSWER = "first_answer"
NEXT_ANSWER = "next_answer"  # to what the customer wrote after our last answer
RESOLVE = "resolve"
REMEDY = "remedy"
REFERRAL = "referral"  # with the referral's number: "referral-1"
CLOSE = "close"  # of a ticket that was answered and not come back to
ASIDE = "aside"  # how long what is kept aside waits for a person
REVIEW = "review"  # until the customer is asked how it went; met: they were
RETAIN = "retain"

ANSWERS = (FIRST_ANSWER, NEXT_ANSWER)
# What the customer was promised. The rest we promised ourselves.
PROMISES = (ACKNOWLEDGE, *ANSWERS, RESOLVE, REMEDY)
# Those without steps: the outbox looks after the acknowledgement, the purge after what was kept long enough.
_UNWATCHED = (ACKNOWLEDGE, RETAIN)
# Nobody is warned that a ticket closes by itself or of a question; what is kept aside the digest counts every day.
_UNWARNED = (*_UNWATCHED, CLOSE, ASIDE, REVIEW)
_DAILY = timedelta(days=1)


class SetBy(StrEnum):
    """What set a clock."""

    OPENING = ""
    KIND = "kind"  # the ticket became another kind
    REPLY = "reply"
    QUESTION = "question"
    ANSWER = "answer"
    REFERRAL = "referral"
    REMEDY = "remedy"
    MERGE = "merge"
    CONTACT = "contact"
    CLOSING = "closing"
    REOPENING = "reopening"
    EXTENSION = "extension"
    AGREED = "agreed"
    PAUSE = "pause"
    CAME_BACK = "came_back"


DECIDED = (SetBy.EXTENSION, SetBy.AGREED, SetBy.PAUSE, SetBy.CAME_BACK)
"""What sets a clock otherwise than by counting its period."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The present as rules see it: when it is (UTC), by whose policy, and which days are its holidays."""

    at: datetime
    shop: Shop
    holidays: Holidays

    def after(self, period: Period) -> datetime:
        return due(self.at, period, self.shop.hours, self.holidays)


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise: its name, the period it was set by, when and by what, when it is due and when it was met (UTC).

    Its steps come at `warn_at` (if it warns), at `due`, and then again and again; `next_at` is the next one, once one
    was taken. A clock that was paused stands still until it is set going again."""

    name: str
    period: str
    set_at: datetime
    due: datetime
    met_at: datetime | None = None
    warn_at: datetime | None = None
    next_at: datetime | None = None
    paused_at: datetime | None = None
    set_by: SetBy = SetBy.OPENING

    @property
    def running(self) -> bool:
        return self.met_at is None and self.paused_at is None

    @property
    def next_step(self) -> datetime | None:
        """When its next step comes; None when none will."""
        if not self.running or self.name in _UNWATCHED:
            return None
        return self.next_at or self.warn_at or self.due

    def late(self, now: datetime) -> bool:
        """Whether its promise was broken. One that stands still is not late, nor is what was met meanwhile."""
        return (self.paused_at or self.met_at or now) > self.due

    def stage(self, now: datetime) -> str:
        """Which step is taken now, when one has come: the latest that has, whatever was missed before it."""
        if now < self.due:
            return "warn"
        return "due" if self.next_at is None or self.next_at <= self.due else "daily"


@dataclass(frozen=True, slots=True)
class Promised:
    """What a clock said when it was set."""

    name: str
    period: str
    due: datetime


def opening_clocks(shop: Shop, kind: Kind, now: datetime, holidays: Holidays) -> tuple[Clock, ...]:
    """The clocks a new ticket of this kind starts with; a promise the policy does not make has none."""
    promises = ((ACKNOWLEDGE, kind.acknowledge), (FIRST_ANSWER, kind.first_answer), (RESOLVE, kind.resolve))
    moment = Moment(now, shop, holidays)
    return tuple(set_clock(name, period, kind, moment) for name, period in promises if period)


def set_clock(name: str, period: Period, kind: Kind, moment: Moment, set_by: SetBy = SetBy.OPENING) -> Clock:
    """A clock that begins now."""
    return set_until(name, str(period), moment.after(period), kind, moment, set_by)


def set_until(
    name: str, period: str, until: datetime, kind: Kind, moment: Moment, set_by: SetBy = SetBy.OPENING
) -> Clock:
    """A clock that begins now and is due at a moment decided otherwise."""
    warn_at = None if name in _UNWARNED else _warning(until, kind, moment)
    return Clock(name, period, moment.at, until, warn_at=warn_at, set_by=set_by)


def moved(clock: Clock, until: datetime, kind: Kind, moment: Moment, set_by: SetBy) -> Clock:
    """The clock due later, with its steps still to come."""
    return replace(clock, due=until, warn_at=_warning(until, kind, moment), next_at=None, set_by=set_by)


def stepped(clock: Clock, now: datetime, again: Callable[[datetime], datetime] | None = None) -> Clock:
    """The clock after the step that was due now; `again` finds when an overdue one steps next, else daily."""
    if now < clock.due:
        return replace(clock, next_at=clock.due)
    following = again or (lambda step: step + _DAILY)
    step = clock.due
    while step <= now:
        step = following(step)
    return replace(clock, next_at=step)


def paused(clock: Clock, now: datetime) -> Clock:
    """The clock standing still. One that is overdue runs on: waiting mends nothing that is late already."""
    return replace(clock, paused_at=now) if clock.running and now < clock.due else clock


def run_again(clock: Clock, kind: Kind, moment: Moment) -> Clock:
    """The clock going on although it was met: due when it was, or now if that is over. One that was met late is as
    late as it was."""
    if clock.met_at is None or clock.met_at > clock.due:
        return replace(clock, met_at=None)
    going = replace(clock, met_at=None)
    if clock.due > moment.at:
        return moved(going, clock.due, kind, moment, clock.set_by)
    return moved(going, moment.at, kind, moment, SetBy.CAME_BACK)


def resumed(clock: Clock, kind: Kind, moment: Moment) -> Clock:
    """The clock going on with as much time as it had left: working time if its period is of that, else by the clock.

    Due at an opening, it had as much left as if it were due at the closing before: that does not bring it nearer."""
    if clock.paused_at is None or clock.met_at:
        return clock
    if parse(clock.period).working:
        left = worktime.between(clock.paused_at, clock.due, moment.shop.hours, moment.holidays)
        until = max(worktime.add(moment.at, left, moment.shop.hours, moment.holidays), clock.due)
    else:
        until = moment.at + (clock.due - clock.paused_at)
    warned = clock.next_at is not None
    warn_at = clock.warn_at if warned else _warning(until, kind, moment)
    return replace(
        clock, paused_at=None, due=until, warn_at=warn_at, next_at=until if warned else None, set_by=SetBy.PAUSE
    )


def first_due(clocks: Iterable[Clock]) -> Clock | None:
    """The earliest promise to the customer still open: what the desk's inbox is sorted by."""
    promised = (clock for clock in clocks if clock.running and clock.name in PROMISES)
    return min(promised, key=lambda clock: clock.due, default=None)


def earliest_step(clocks: Iterable[Clock]) -> datetime | None:
    """When the next step of any of these clocks comes."""
    return min((step for clock in clocks if (step := clock.next_step)), default=None)


def explained(clock: Clock, shop: Shop, holidays: Holidays, language: str) -> str:
    """In one sentence, why the clock is due when it is."""
    if clock.set_by in DECIDED:
        return explain_decided(clock.set_by, clock.set_at, clock.due, shop.hours, language)
    return explain(clock.set_at, parse(clock.period), clock.due, shop.hours, holidays, language)


def _warning(until: datetime, kind: Kind, moment: Moment) -> datetime | None:
    """When to warn of a promise; None where that would be before it was made."""
    if kind.warn is None:
        return None
    at = before(until, kind.warn, moment.shop.hours, moment.holidays)
    return at if at > moment.at else None
