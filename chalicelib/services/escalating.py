"""The agenda's run: whatever has come due is looked after, in bounded batches, however often it runs at once."""

from collections.abc import Callable

from chalicelib.errors import NotSent
from chalicelib.services.ports import Deps, Due
from chalicelib.services.posting import post
from chalicelib.telemetry import logger

_BATCH = 100
_MOST_BATCHES = 20


def look_after_due(deps: Deps, time_left: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Send every mail the stream did not bring. Returns how many agenda entries were due, done and left.

    Goes on until nothing new is due or `time_left` says no: what is left then is due at the next run as well.
    """
    seen: set[Due] = set()
    done = 0
    for _ in range(_MOST_BATCHES):
        new = [entry for entry in deps.store.due(deps.now(), _BATCH) if entry not in seen]
        if not new:
            break
        for entry in new:
            if not time_left():
                return {"due": len(seen), "done": done, "left": len(seen) - done}
            seen.add(entry)
            done += _settled(deps, entry)
    return {"due": len(seen), "done": done, "left": len(seen) - done}


def _settled(deps: Deps, entry: Due) -> bool:
    try:
        return post(deps, entry)
    except NotSent as error:
        logger.warning("a mail could not be handed over", extra={"ref": entry.ref, "reason": str(error)[:80]})
    except Exception:
        # Whatever it is, it must not keep the entries after it waiting.
        logger.exception("an agenda entry failed", extra={"ref": entry.ref})
    return False
