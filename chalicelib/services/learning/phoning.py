"""Counts calls by how long their callers waited, as telephone systems tell it. No count says who called."""

from chalicelib.rules.events.calls.call import AnsweredCall, Call
from chalicelib.rules.identity import derived
from chalicelib.rules.learning.phone import count_of, is_in_vain
from chalicelib.services.learning.counting import TRIES
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.learning.tallies import Tallied


def note_call(deps: Deps, shop: str, source: str, call: Call) -> bool:
    """Count the call on its day (UTC). With `source`, who tells of it, the call's own id makes the same call count
    once. Some systems tell of each phone that rang: a call that was in vain counts as answered once somebody says so.
    Returns whether anything was counted. Raises VersionConflict after so many lost races that something is wrong."""
    answered = isinstance(call, AnsweredCall)
    id = derived.name(deps.secret, "phone", derived.source_of("phone", shop, source, call.id))
    count = count_of(call.at, call.waited or 0, answered=answered)
    for _ in range(TRIES):
        before = deps.tallies.tallied(f"phone/{id}")
        if before and not (answered and any(map(is_in_vain, before.counts))):
            return False
        day, version = (before.day, before.version + 1) if before else (call.at.date(), 1)
        if deps.tallies.tally(before, Tallied(f"phone/{id}", shop, day, version, {count: 1})):
            return True
    raise VersionConflict("lost every race for this call")
