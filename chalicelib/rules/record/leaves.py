"""Makes the leaves of promises that were finished: blinded, so that the record names nobody (decision 252)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from chalicelib.rules.identity import derived
from chalicelib.rules.identity.keys import Secret
from chalicelib.rules.record.counting import Finished, Leaf, SlaCount


def with_leaves(secret: Secret, counts: Iterable[SlaCount], now: datetime) -> tuple[SlaCount, ...]:
    """The counts with the leaves of their promises. Each is of the day on which it is committed: a day that was
    published takes no more."""
    return tuple(
        replace(each, leaves=tuple(_leaf(secret, finished, now.date()) for finished in each.finished))
        for each in counts
    )


def _leaf(secret: Secret, finished: Finished, day: date) -> Leaf:
    id = leaf_id(secret, finished.ref, finished.promise, finished.set_at, finished.due)
    return Leaf(day, id, finished.promise, finished.kept)


def leaf_id(secret: Secret, ref: str, promise: str, set_at: datetime, due: datetime) -> str:
    """The name of this promise in the record. It can be derived as long as its ticket is there, and by nobody else."""
    return derived.name(secret, "promise", f"{ref} {promise} {set_at.isoformat()} {due.isoformat()}")
