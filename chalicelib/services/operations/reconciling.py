"""No mail and no event is lost: what is raw and has no outcome is put back on its queue, and each day's reconciliation
of both must close (decisions 20 and 217).

A run lists everything raw, but asks for the outcomes of few: an hour is counted once, when it is over. What had no
outcome then is remembered by its key and asked for until it has one (decision 184).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any

from chalicelib.services import console_events
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.events.hooks import PREFIX
from chalicelib.services.ports.mails import PENDING, CountedHour, Reconciliation
from chalicelib.telemetry import count, logger

# After this time the queue has made all its retries, so a mail still without an outcome is lost from the queue.
PATIENCE = timedelta(minutes=15)
_DAYS = 3
_HOUR = timedelta(hours=1)
# A raw mail is in the list at the latest this long after its time of arrival, by far.
_LISTED = _HOUR
# Longer than the bucket keeps what has an outcome. So the few mails that are older are asked for in each run.
_REMEMBERED = timedelta(days=40)
# An hour with more mails without an outcome is counted again by the next run: their keys would make a day's item large.
_MAX_PENDING = 100
# Each is a request of its own.
_MAX_PUT_BACK = 10_000
_MAX_DEAD = 1000
UNCLOSED = "MailsWithoutOutcome"
"""The metric of raw mails and events of past days that still have no outcome: the days do not close."""

_Mails = dict[datetime, list[tuple[str, datetime]]]
"""Keys and times of arrival, by the hour of arrival."""


def reconcile(deps: Deps, event: Any, patience: timedelta = PATIENCE) -> dict[str, Any]:
    """Check the raw mails. Returns how many were put back, how many dead letters were redriven, and the reconciliation
    of each of the last days: received = the sum of its outcomes + pending. Raises InvalidEvent if the event is not
    {}."""
    console_events.fields(event)
    redriven = deps.queue.redrive(_MAX_DEAD) + deps.hook_queue.redrive(_MAX_DEAD)
    now = deps.now()
    today = now.date()
    first = today - _REMEMBERED
    known = {found.day: found for found in deps.mail_log.reconciliations(first, today)}
    mails = _uncounted(deps, known)
    last = [today - timedelta(days=number) for number in range(_DAYS)]
    reconciliations, put_back, unclosed = dict[date, Reconciliation](), 0, 0
    # The newest first: if there is more to do than a run has time for, the next one has less.
    for day in sorted({hour.date() for hour in mails}.union(last), reverse=True):
        hours = {hour: found for hour, found in mails.items() if hour.date() == day}
        counted = _counted(deps, known.get(day), hours)
        without = {key for each in counted.values() for key in each.pending}
        late = [key for found in hours.values() for key, came in found if key in without and now - came >= patience]
        unclosed += len(late) if day < today else 0
        put_back += _put_back(deps, late[: _MAX_PUT_BACK - put_back])
        if day >= first:
            reconciliations[day] = _noted(deps, day, counted, now)
    count(UNCLOSED, unclosed)
    return {
        "put_back": put_back,
        "redriven": redriven,
        "reconciliations": [_told(reconciliations[day]) for day in reversed(last)],
    }


def _uncounted(deps: Deps, known: Mapping[date, Reconciliation]) -> _Mails:
    """The mails to ask for: those of hours that were not counted, and those that had no outcome then and still
    exist."""
    counted = {
        datetime.combine(day, time(hour), UTC): frozenset(each.pending)
        for day, reconciliation in known.items()
        for hour, each in reconciliation.hours.items()
    }
    mails: _Mails = {hour: [] for hour, pending in counted.items() if pending}
    for key, came in chain(deps.files.raw_mails(), deps.raw_hooks.raw_hooks()):
        hour = came.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if hour not in counted or key in counted[hour]:
            mails.setdefault(hour, []).append((key, came))
    return mails


def _counted(deps: Deps, known: Reconciliation | None, mails: _Mails) -> dict[int, CountedHour]:
    """All hours of a day: as they were counted, and these mails with their present outcomes."""
    hours = dict(known.hours) if known else {}
    for hour, found in mails.items():
        outcomes = deps.mail_log.outcomes_of(key for key, _ in found)
        before = hours[hour.hour].outcomes if hour.hour in hours else {}
        pending = tuple(key for key, _ in found if key not in outcomes)
        hours[hour.hour] = CountedHour(Counter(before) + Counter(outcomes.values()), pending)
    return hours


def _put_back(deps: Deps, keys: Sequence[str]) -> int:
    for key in keys:
        if key.startswith(PREFIX):
            deps.hook_queue.put_hook(key)
        else:
            deps.queue.put_back(key)
    if keys:
        logger.warning("raw mails or events without an outcome were put back on the queue", extra={"count": len(keys)})
    return len(keys)


def _noted(deps: Deps, day: date, hours: Mapping[int, CountedHour], now: datetime) -> Reconciliation:
    """Record the day: its mails and their outcomes, and the hours that need not be counted again. `pending` ones have
    no outcome yet; on a past day they are logged as an error."""
    outcomes = Counter[str]()
    for each in hours.values():
        outcomes.update(each.outcomes)
        if each.pending:
            outcomes[PENDING] += len(each.pending)
    begins = datetime.combine(day, time(), UTC)
    over = {
        hour: each
        for hour, each in hours.items()
        if begins + (hour + 1) * _HOUR + _LISTED <= now and len(each.pending) <= _MAX_PENDING
    }
    reconciliation = Reconciliation(day, outcomes.total(), outcomes, over)
    deps.mail_log.note_reconciliation(reconciliation)
    if reconciliation.pending and day < now.date():
        logger.error(
            "the day's reconciliation does not close",
            extra={"day": day.isoformat(), "pending": reconciliation.pending},
        )
    return reconciliation


def _told(reconciliation: Reconciliation) -> dict[str, Any]:
    return {"day": reconciliation.day.isoformat(), "received": reconciliation.received, **reconciliation.outcomes}
