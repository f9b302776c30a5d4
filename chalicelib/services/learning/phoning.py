"""Counts calls by how long their callers waited, as telephone systems tell it. No count says who called."""

from chalicelib.rules.events.calls.call import AnsweredCall, Call
from chalicelib.rules.identity import derived
from chalicelib.rules.learning.phone import count_of, is_in_vain
from chalicelib.services.learning.counting import put
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.learning.tallies import Tallied


def note_call(deps: Deps, shop: str, source: str, call: Call) -> bool:
    """Count the call on its day (UTC). With `source`, who tells of it, the call's own id makes the same call count
    once. Some systems tell of each phone that rang: a call that was in vain counts as answered once somebody says so.
    Returns whether anything was counted. Raises VersionConflict as `put`."""
    answered = isinstance(call, AnsweredCall)
    subject = f"phone/{derived.name(deps.secret, 'phone', derived.source_of('phone', shop, source, call.id))}"
    count = count_of(call.at, call.waited or 0, answered=answered)

    def told(before: Tallied | None) -> Tallied | None:
        if before and not (answered and any(map(is_in_vain, before.counts))):
            return None
        day, version = (before.day, before.version + 1) if before else (call.at.date(), 1)
        return Tallied(subject, shop, day, version, {count: 1})

    return put(deps, subject, told) is not None
