"""Notes signals that come from no ticket: feedback that says that somebody failed, and price errors."""

from datetime import date

from chalicelib.rules.learning.causes import Cause, Signal, of_signal
from chalicelib.rules.policy.model import Shop
from chalicelib.services.learning.counting import TRIES
from chalicelib.services.learning.proposing import propose
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.learning.tallies import Tallied


def note_signal(deps: Deps, shop: Shop, signal: Signal, cause: Cause, id: str, day: date | None = None) -> bool:
    """Count a signal, and propose an improvement if it is one too many. `id`: what happened, such as a reference or an
    event's id; the same one counts once. It must say nothing about a person. `day`: when it happened (UTC); today if
    None. Returns whether it was new.

    Raises ValueError if the cause's parts are no ids, such as a topic's, and VersionConflict after so many lost races
    that something is wrong.
    """
    if not cause.well_formed:
        raise ValueError("a cause is made of ids")
    on = day or deps.now().date()
    noted = Tallied(f"signal/{signal}/{id}", shop.id, on, 1, {of_signal(signal, cause): 1})
    for _ in range(TRIES):
        if deps.tallies.tally(None, noted):
            propose(deps, shop)
            return True
        if deps.tallies.tallied(noted.subject):
            return False
    raise VersionConflict("lost every race for this signal")
