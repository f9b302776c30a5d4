"""Counts what telephone systems tell of calls. No count says who called."""

from chalicelib.rules.events.calls.call import AnsweredCall, Call
from chalicelib.rules.identity import derived
from chalicelib.rules.learning.phone import count_of
from chalicelib.services.learning.counting import count_once
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.learning.tallies import Tallied


def note_call(deps: Deps, shop: str, source: str, call: Call) -> bool:
    """Count the call on its day (UTC). `source`: who tells of it; with the call's own id it makes the same call count
    once. Returns whether it was new. Raises VersionConflict as `count_once`."""
    id = derived.name(deps.secret, "phone", derived.source_of("phone", shop, source, call.id))
    count = count_of(call.at, call.waited if isinstance(call, AnsweredCall) else None)
    return count_once(deps, Tallied(f"phone/{id}", shop, call.at.date(), 1, {count: 1}))
