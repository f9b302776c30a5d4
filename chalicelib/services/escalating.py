"""The agenda's run: whatever has come due is looked after, in bounded batches, however often it runs at once."""

from chalicelib.errors import NotSent
from chalicelib.services.ports import Deps
from chalicelib.services.posting import post
from chalicelib.telemetry import logger

_BATCH = 200


def look_after_due(deps: Deps) -> dict[str, int]:
    """Send every mail the stream did not bring. Returns how many agenda entries were due, done and left."""
    due = deps.store.due(deps.now(), _BATCH)
    done = 0
    for entry in due:
        try:
            done += post(deps, entry)
        except NotSent as error:
            logger.warning("a mail could not be handed over", extra={"ref": entry.ref, "reason": str(error)[:80]})
        except Exception:
            # Whatever it is, it must not keep the entries after it waiting.
            logger.exception("an agenda entry failed", extra={"ref": entry.ref})
    return {"due": len(due), "done": done, "left": len(due) - done}
