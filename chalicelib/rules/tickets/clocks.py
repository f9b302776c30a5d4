"""The promises a ticket carries, each a clock with the moment it is due and the steps it takes on the way; and what a
rule does to all of them (`Clocks`). How one clock goes on stands in clock_steps.

A clock is set once, from the policy in force that moment; changing the policy never moves it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.rules.policy.model import Kind, Shop
from chalicelib.rules.timing.periods import Holidays, Period, before, due

ACKNOWLEDGE = "acknowledge"
FIRST_ANSWER = "first_answer"
NEXT_ANSWER = "next_answer"  # to what the customer wrote after our last answer
RESOLVE = "resolve"
REMEDY = "remedy"
REFERRAL = "referral"  # with the referral's number: "referral-1"
CLOSE = "close"  # of a ticket that was answered and not come back to
QUARANTINE = "quarantine"  # how long what is quarantined waits for a person
REVIEW = "review"  # until the customer is asked how it went; met: they were
RETAIN = "retain"

ANSWERS = (FIRST_ANSWER, NEXT_ANSWER)
# What the customer was promised. The rest we promised ourselves.
PROMISES = (ACKNOWLEDGE, *ANSWERS, RESOLVE, REMEDY)
# Those without steps: the outbox looks after the acknowledgement, the purge after what was kept long enough.
_UNWATCHED = (ACKNOWLEDGE, RETAIN)
# Nobody is warned that a ticket closes by itself or of a question; what is quarantined the digest counts every day.
_UNWARNED = (*_UNWATCHED, CLOSE, QUARANTINE, REVIEW)


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
class RuleContext:
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


class Clocks(tuple[Clock, ...]):
    """The clocks of a ticket, no two of one name. Each method gives other clocks and leaves these as they are."""

    __slots__ = ()

    def named(self, name: str) -> Clock | None:
        return next((clock for clock in self if clock.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(clock.name for clock in self)

    @property
    def running(self) -> "Clocks":
        return Clocks(clock for clock in self if clock.running)

    @property
    def met(self) -> "Clocks":
        return Clocks(clock for clock in self if clock.met_at)

    @property
    def unmet(self) -> "Clocks":
        """Those still to be met: they run or are paused."""
        return Clocks(clock for clock in self if clock.met_at is None)

    @property
    def first_due(self) -> Clock | None:
        """The earliest promise to the customer still open: what the desk's inbox is sorted by."""
        return min(self.running.only(*PROMISES), key=lambda clock: clock.due, default=None)

    @property
    def next_step(self) -> datetime | None:
        """When the next step of any of them comes."""
        return min((step for clock in self if (step := clock.next_step)), default=None)

    def only(self, *names: str) -> "Clocks":
        return Clocks(clock for clock in self if clock.name in names)

    def without(self, *names: str) -> "Clocks":
        return Clocks(clock for clock in self if clock.name not in names)

    def without_review_clock(self) -> "Clocks":
        """The clocks without a question to the customer that was not asked yet."""
        return self if self.only(REVIEW).met else self.without(REVIEW)

    def put(self, *clocks: Clock) -> "Clocks":
        """The clocks with these at their end, each instead of the one of its name."""
        return Clocks((*self.without(*(clock.name for clock in clocks)), *clocks))

    def update(self, clock: Clock) -> "Clocks":
        """The clocks with this one where the one of its name stands; as they are where there is none."""
        return self.change(lambda _: clock, clock.name)

    def each(self, becomes: Callable[[Clock], Clock]) -> "Clocks":
        return Clocks(map(becomes, self))

    def change(self, becomes: Callable[[Clock], Clock], *names: str) -> "Clocks":
        """The clocks with those of these names changed."""
        return self.each(lambda clock: becomes(clock) if clock.name in names else clock)

    def meet(self, *names: str, at: datetime) -> "Clocks":
        """The clocks with those of these names met at `at`, unless they were met before."""
        return self.change(lambda clock: replace(clock, met_at=clock.met_at or at), *names)

    def renew(self, kind: Kind, context: RuleContext, set_by: SetBy) -> "Clocks":
        """The clocks with a new promise to resolve or, where the kind makes none, to answer."""
        name, period = (RESOLVE, kind.resolve) if kind.resolve else (NEXT_ANSWER, kind.first_answer)
        return self.put(set_clock(name, period, kind, context, set_by)) if period else self

    def ensure_promise(self, kind: Kind, context: RuleContext, set_by: SetBy) -> "Clocks":
        """The clocks with a new promise if the customer has none that runs: an answered matter is taken up again."""
        return self if self.running.only(*ANSWERS, RESOLVE) else self.renew(kind, context, set_by)


@dataclass(frozen=True, slots=True)
class Promised:
    """What a clock said when it was set."""

    name: str
    period: str
    due: datetime


def opening_clocks(shop: Shop, kind: Kind, now: datetime, holidays: Holidays) -> Clocks:
    """The clocks a new ticket of this kind starts with; a promise the policy does not make has none."""
    promises = ((ACKNOWLEDGE, kind.acknowledge), (FIRST_ANSWER, kind.first_answer), (RESOLVE, kind.resolve))
    context = RuleContext(now, shop, holidays)
    return Clocks(set_clock(name, period, kind, context) for name, period in promises if period)


def set_clock(name: str, period: Period, kind: Kind, context: RuleContext, set_by: SetBy = SetBy.OPENING) -> Clock:
    """A clock that begins now."""
    return set_until(name, str(period), context.after(period), kind, context, set_by)


def set_until(
    name: str, period: str, until: datetime, kind: Kind, context: RuleContext, set_by: SetBy = SetBy.OPENING
) -> Clock:
    """A clock that begins now and is due at a moment decided otherwise."""
    warn_at = None if name in _UNWARNED else warning(until, kind, context)
    return Clock(name, period, context.at, until, warn_at=warn_at, set_by=set_by)


def warning(until: datetime, kind: Kind, context: RuleContext) -> datetime | None:
    """When to warn of a promise; None where that would be before it was made."""
    if kind.warn is None:
        return None
    at = before(until, kind.warn, context.shop.hours, context.holidays)
    return at if at > context.at else None
