"""What one ticket adds to the counts of the day on which it was opened.

It is a function of the ticket and its log, and of nothing else: so it can be computed again at any time, and a record
of the stream that comes twice or late changes nothing (decision 255).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from chalicelib.rules.learning import channels
from chalicelib.rules.learning.causes import NOTHING, OF_TICKETS, Cause, Counts, Signal, named, of_signal
from chalicelib.rules.learning.counted import COUNTED
from chalicelib.rules.learning.live import called, chatted, is_about
from chalicelib.rules.learning.phone import PHONE
from chalicelib.rules.policy.promises import Fault
from chalicelib.rules.tickets.clocks import FIRST_ANSWER, PROMISES, Clock
from chalicelib.rules.tickets.log import Action
from chalicelib.rules.tickets.procedure_facts import OwedBy, RemedyKind
from chalicelib.rules.tickets.ticket import AFTERCARE, LogEntry, Ticket, doubted

_CUSTOMER_SAID = (Action.WROTE, Action.CONTACT_NOTED)
LEFT_OUT = "left_out"
"""Counts tickets that say nothing: spam, and those that were merged into another."""
UNHAPPY = 2
"""A rating up to this is a signal."""
SHARES = ((0.25, "quarter"), (0.5, "half"), (0.75, "three_quarters"), (1.0, "in_time"), (2.0, "late"))
"""How much of the promised time the first answer took, at most; beyond the last it is `very_late`."""
VERY_LATE, UNANSWERED = "very_late", "unanswered"
AGES = (30, 90, 180, 365, 730, 1095)
"""A record's age in days, at most; beyond the last it is `older`."""
OLDER = "older"


def counts_of(ticket: Ticket, log: Sequence[LogEntry]) -> Counts:
    """What the ticket adds. `log`: its own entries, the oldest first."""
    if doubted(ticket) or ticket.merged_into:
        return {LEFT_OUT: 1}
    cause, counts = Cause.of(ticket), Counter[str]()
    counts[named("kind", ticket.kind)] = 1
    counts[named("cause", *cause.parts)] = 1
    counts[named("hour", f"{ticket.opened_at:%H}")] = 1
    counts.update(channels.counted(ticket, log))
    counts.update(_answered(ticket.clock(FIRST_ANSWER)))
    if ticket.rating:
        counts[named("score", str(ticket.rating.score))] = 1
    counts.update(_remedied(ticket, cause))
    counts.update(of_signal(signal, cause) for signal in _signals(ticket, log))
    counts.update(called(ticket, log))
    counts.update(chatted(ticket, log))
    counts.update({named("needed", age) for age in _ages(ticket, log)})
    return dict(counts)


def total(counts: Counts) -> int:
    """How many tickets were counted, with those left out."""
    return sum(number for name, number in counts.items() if name == LEFT_OUT or name.startswith("kind "))


def of_tickets(counts: Counts) -> Counts:
    """The counts that tickets make, without what was noted one by one, and without zeros."""
    alone = tuple(f"{named('signal', each)} " for each in Signal if each not in OF_TICKETS)
    return {name: n for name, n in counts.items() if n and not name.startswith((*alone, f"{PHONE} "))}


def _answered(clock: Clock | None) -> Iterator[str]:
    if clock is None:
        return
    yield named("first", _share(clock, clock.met_at) if clock.met_at else UNANSWERED)


def _share(clock: Clock, met_at: datetime) -> str:
    promised = max(clock.due - clock.set_at, timedelta(seconds=1))
    taken = (met_at - clock.set_at) / promised
    return next((name for share, name in SHARES if taken <= share), VERY_LATE)


def _remedied(ticket: Ticket, cause: Cause) -> Counts:
    """The remedy that the shop owes, how many and how much money, by cause; and by courier, where one was at fault."""
    remedy = ticket.remedy
    if remedy is None or remedy.owed_by is not OwedBy.SELLER or remedy.remedy_kind is RemedyKind.NONE:
        return {}
    counts = {named("remedy", remedy.remedy_kind, *cause.parts): 1}
    if remedy.amount:
        counts[named("money", remedy.currency, *cause.parts)] = remedy.amount
        if remedy.remedy_kind is RemedyKind.EXPENSES:
            counts[named("expenses", remedy.currency, *cause.parts)] = remedy.amount
    if cause.fault == Fault.COURIER:
        party = next((each.party for each in reversed(ticket.referrals) if each.party), NOTHING)
        counts[named("courier", party)] = 1
        if remedy.amount:
            counts[named("courier_money", remedy.currency, party)] = remedy.amount
    return counts


def _signals(ticket: Ticket, log: Sequence[LogEntry]) -> Iterator[Signal]:
    if ticket.rating and ticket.rating.score <= UNHAPPY:
        yield Signal.LOW_RATING
    closed = False
    for entry in log:
        if entry.action is Action.PROMISE_MISSED and is_about(entry, *PROMISES):
            yield Signal.MISSED
        elif entry.action is Action.CLOSED:
            closed = True
        elif entry.action is Action.REOPENED or (closed and entry.action in _CUSTOMER_SAID):
            closed = False
            yield Signal.REOPENED


def _ages(ticket: Ticket, log: Iterable[LogEntry]) -> Iterator[str]:
    """The classes of age at which somebody still needed the record: wrote about it, or did something with it."""
    for entry in log:
        if entry.action in COUNTED and entry.actor != AFTERCARE:
            age = entry.at - ticket.opened_at
            yield next((str(days) for days in AGES if age <= timedelta(days=days)), OLDER)
