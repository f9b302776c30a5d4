"""No mail is lost: raw mails without an outcome are put back on the queue, and each day's mail reconciliation must
close (decision 20)."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.services import console_events
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.mails import PENDING
from chalicelib.telemetry import logger

# After this time the queue has made all its retries, so a mail still without an outcome is lost from the queue.
PATIENCE = timedelta(minutes=15)
_DAYS = 3
_MAX_DEAD = 1000


def reconcile(deps: Deps, event: Any, patience: timedelta = PATIENCE) -> dict[str, Any]:
    """Check the raw mails of the last days. Returns how many were put back, how many dead letters were redriven, and
    each day's reconciliation: received = the sum of its outcomes + pending. Raises InvalidEvent if the event is not
    {}."""
    console_events.fields(event)
    now = deps.now()
    first = now.date() - timedelta(days=_DAYS - 1)
    mails = list(deps.files.raw_mails(datetime.combine(first, time(), UTC)))
    outcomes = deps.mail_log.outcomes_of(key for key, _ in mails)
    forgotten = [key for key, came in mails if key not in outcomes and now - came >= patience]
    for key in forgotten:
        deps.queue.put_back(key)
    if forgotten:
        logger.warning("raw mails without an outcome were put back on the queue", extra={"count": len(forgotten)})
    redriven = deps.queue.redrive(_MAX_DEAD)
    days = [first + timedelta(days=number) for number in range(_DAYS)]
    reconciliations = [_reconciliation(deps, day, mails, outcomes) for day in days]
    return {"put_back": len(forgotten), "redriven": redriven, "reconciliations": reconciliations}


def _reconciliation(
    deps: Deps, day: date, mails: list[tuple[str, datetime]], outcomes: dict[str, str]
) -> dict[str, Any]:
    """A day's mails and their outcomes. `pending` ones have no outcome yet; on a past day they are logged as an
    error."""
    keys = [key for key, came in mails if came.astimezone(UTC).date() == day]
    counts = Counter(outcomes.get(key, PENDING) for key in keys)
    deps.mail_log.note_reconciliation(day, len(keys), counts)
    if counts[PENDING] and day < deps.now().date():
        logger.error(
            "the day's reconciliation does not close", extra={"day": day.isoformat(), "pending": counts[PENDING]}
        )
    return {"day": day.isoformat(), "received": len(keys), **counts}
