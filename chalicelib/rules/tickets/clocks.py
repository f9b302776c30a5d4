"""The promises of a ticket: each is a clock with its due date and steps. `Clocks` changes several at once; clock_steps
has the rules for one clock.

A clock is set once, from the policy in force at that moment. A change of the policy never moves it.
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
PROGRESS = "progress"  # until the customer is told how far the matter is; each answer begins it again
REMEDY = "remedy"
REFUND = "refund"  # after a withdrawal: in the place of `remedy`
SEND_BACK = "send_back"  # by when the customer sends the goods back after a withdrawal
REFERRAL = "referral"  # with the referral's number: "referral-1"
CLOSE = "close"  # when an answered ticket closes because the customer did not reply
QUARANTINE = "quarantine"  # how long a quarantined ticket waits for a person
CALL_BACK = "call_back"  # until the customer is called
CHAT_ANSWER = "chat_answer"  # until a person answers in a chat
CHAT = "chat"  # when a running chat is looked at again
READ = "read"  # until a second agent has read an answer that waits for that
WINDOW = "window"  # until nothing more can be written to a customer in their messenger
REVIEW = "review"  # until the customer is asked how it went; met: the customer was asked
RETAIN = "retain"

ANSWERS = (FIRST_ANSWER, NEXT_ANSWER)
# Promises to the customer. The other clocks are the shop's own deadlines.
PROMISES = (ACKNOWLEDGE, CHAT_ANSWER, *ANSWERS, CALL_BACK, RESOLVE, REMEDY, REFUND)
# The promises that closing a ticket does not end.
REMEDIES = (REFUND, REMEDY)
# The clocks for which the policy's steps are taken.
ESCALATED = (*PROMISES, PROGRESS)
# Clocks without steps: the outbox watches the acknowledgement, the purge watches retention, and nobody reminds
# customers to send goods back.
_UNWATCHED = (ACKNOWLEDGE, SEND_BACK, RETAIN)
# No warning precedes an automatic close or a review request. The digest counts quarantined tickets every day. A call
# is made at its time, not before, and a chat is answered before anybody reads a mail about it.
_UNWARNED = (*_UNWATCHED, CALL_BACK, CHAT, CHAT_ANSWER, CLOSE, QUARANTINE, REVIEW)


class SetBy(StrEnum):
    """What set a clock. People are shown only those in DECIDED, as the reason for a date: templates/words has the words
    for these (`explained.decided`)."""

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
    GOODS = "goods"  # the goods came, or a proof that they were sent: a refund waits no longer


DECIDED = (SetBy.EXTENSION, SetBy.AGREED, SetBy.PAUSE, SetBy.CAME_BACK, SetBy.GOODS)
"""Values for clocks with a decided due date: it was not counted from the clock's period."""


@dataclass(frozen=True, slots=True)
class RuleContext:
    """The present as rules see it: the time (UTC), the shop with its policy, and its holidays."""

    at: datetime
    shop: Shop
    holidays: Holidays

    def after(self, period: Period) -> datetime:
        return due(self.at, period, self.shop.hours, self.holidays)


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise: its name, the period it was set by, when and by what it was set, when it is due and when it was met
    (UTC).

    Its steps come at `warn_at` (if it warns), at `due`, and then repeatedly. `next_at` is the next one after the first
    was taken. A paused clock stands still until it is resumed.
    """

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
        """When its next step comes; None if no step will come."""
        if not self.running or self.name in _UNWATCHED:
            return None
        return self.next_at or self.warn_at or self.due

    def late(self, now: datetime) -> bool:
        """Whether the promise was broken by `now`. For a paused or met clock, the moment of the pause or of meeting
        counts."""
        return (self.paused_at or self.met_at or now) > self.due

    def stage(self, now: datetime) -> str:
        """The step to take now, if one is due: only the latest, even if earlier ones were missed."""
        if now < self.due:
            return "warn"
        return "due" if self.next_at is None or self.next_at <= self.due else "daily"


class Clocks(tuple[Clock, ...]):
    """The clocks of a ticket; their names are unique. Each method returns new clocks and leaves these unchanged."""

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
        """The clocks that were not met yet: they run or are paused."""
        return Clocks(clock for clock in self if clock.met_at is None)

    @property
    def first_due(self) -> Clock | None:
        """The earliest open promise to the customer: the desk's inbox is sorted by it."""
        return min(self.running.only(*PROMISES), key=lambda clock: clock.due, default=None)

    @property
    def next_step(self) -> datetime | None:
        """The earliest next step of these clocks."""
        return min((step for clock in self if (step := clock.next_step)), default=None)

    def only(self, *names: str) -> "Clocks":
        return Clocks(clock for clock in self if clock.name in names)

    def without(self, *names: str) -> "Clocks":
        return Clocks(clock for clock in self if clock.name not in names)

    def without_review_clock(self) -> "Clocks":
        """The clocks without the review clock, unless the customer was asked already."""
        return self if self.only(REVIEW).met else self.without(REVIEW)

    def put(self, *clocks: Clock) -> "Clocks":
        """The clocks with these at the end; each replaces the clock of the same name."""
        return Clocks((*self.without(*(clock.name for clock in clocks)), *clocks))

    def update(self, clock: Clock) -> "Clocks":
        """The clocks with this one in place of the one of the same name; unchanged if there is none."""
        return self.change(lambda _: clock, clock.name)

    def each(self, becomes: Callable[[Clock], Clock]) -> "Clocks":
        return Clocks(map(becomes, self))

    def change(self, becomes: Callable[[Clock], Clock], *names: str) -> "Clocks":
        """The clocks with the named ones changed."""
        return self.each(lambda clock: becomes(clock) if clock.name in names else clock)

    def set_by_then(self, at: datetime) -> "Clocks":
        """The clocks that had been set by that moment."""
        return Clocks(clock for clock in self if clock.set_at <= at)

    def meet(self, *names: str, at: datetime, written: datetime | None = None) -> "Clocks":
        """The clocks with the named ones met at `at`, unless they were met before. By words that were `written`
        earlier than they left, only those that had been set by then: nothing answers what was written after it."""
        known = self.set_by_then(written) if written else self
        return self.change(lambda clock: replace(clock, met_at=clock.met_at or at), *known.only(*names).names)

    def renew(self, kind: Kind, context: RuleContext, set_by: SetBy) -> "Clocks":
        """The clocks with a new promise to resolve or, if the kind has no period for that, to answer."""
        name, period = (RESOLVE, kind.resolve) if kind.resolve else (NEXT_ANSWER, kind.first_answer)
        return self.put(set_clock(name, period, kind, context, set_by)) if period else self

    def owe_progress(self, kind: Kind, context: RuleContext, set_by: SetBy) -> "Clocks":
        """The clocks with word of the progress owed from now on, if the kind owes any. An answer that is noted late
        takes back no time."""
        if kind.progress is None:
            return self.without(PROGRESS)
        new, known = set_clock(PROGRESS, kind.progress, kind, context, set_by), self.named(PROGRESS)
        return self if known and known.running and known.due > new.due else self.put(new)

    def ensure_promise(self, kind: Kind, context: RuleContext, set_by: SetBy) -> "Clocks":
        """The clocks with a new promise if no promise to answer or resolve is running: an answered ticket is taken up
        again."""
        return self if self.running.only(*ANSWERS, RESOLVE) else self.renew(kind, context, set_by)


@dataclass(frozen=True, slots=True)
class Promised:
    """What a clock said when it was set."""

    name: str
    period: str
    due: datetime


def opening_clocks(shop: Shop, kind: Kind, now: datetime, holidays: Holidays, topic: str | None = None) -> Clocks:
    """The clocks of a new ticket of this kind. A promise that the policy does not make has no clock. The topic's own
    promise counts where it is due sooner than the kind's."""
    promises = (
        (ACKNOWLEDGE, kind.acknowledge),
        (FIRST_ANSWER, kind.first_answer),
        (RESOLVE, kind.resolve),
        (PROGRESS, kind.progress),
    )
    context = RuleContext(now, shop, holidays)
    clocks = Clocks(set_clock(name, period, kind, context) for name, period in promises if period)
    known = shop.topic(topic) if topic else None
    if known is None or known.first_answer is None:
        return clocks
    tighter, usual = set_clock(FIRST_ANSWER, known.first_answer, kind, context), clocks.named(FIRST_ANSWER)
    return clocks.update(tighter) if usual and tighter.due < usual.due else clocks


def set_clock(name: str, period: Period, kind: Kind, context: RuleContext, set_by: SetBy = SetBy.OPENING) -> Clock:
    """A clock that starts now and is due after `period`."""
    return set_until(name, str(period), context.after(period), kind, context, set_by)


def set_until(
    name: str, period: str, until: datetime, kind: Kind, context: RuleContext, set_by: SetBy = SetBy.OPENING
) -> Clock:
    """A clock that starts now and is due at `until`; `until` need not be `period` from now."""
    warn_at = None if name in _UNWARNED else warning(until, kind, context)
    return Clock(name, period, context.at, until, warn_at=warn_at, set_by=set_by)


def warning(until: datetime, kind: Kind, context: RuleContext) -> datetime | None:
    """When to warn before a promise is broken; None if the kind has no warning or it would be in the past."""
    if kind.warn is None:
        return None
    at = before(until, kind.warn, context.shop.hours, context.holidays)
    return at if at > context.at else None
