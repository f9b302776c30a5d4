"""One mail to each who waits for a product that is back; then they are forgotten (decision 249).

Due-work runs do it, because many may wait: each person is claimed, mailed, and forgotten. A run that dies between
the mail and the forgetting leaves a claim, and after its lease the mail is sent once more.
"""

from datetime import timedelta

from chalicelib.errors import NotSent
from chalicelib.services.delivery.bouncing import suppressed
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.products.waiting import Back, Waiting
from chalicelib.services.products import facts
from chalicelib.services.waiting import asking
from chalicelib.telemetry import logger

_LEASE = timedelta(minutes=2)
_AT_ONCE = 100


def note_back(deps: Deps, shop: str, sku: str) -> bool:
    """A product is there again; whether it is one of the catalogue."""
    product = facts.product(deps, shop, sku)
    if product is None:
        return False
    deps.waiting.note_back(Back(shop, product.sku, deps.now()))
    return True


def tell(deps: Deps, ref: str) -> bool:
    """Tell those who wait, as many as one entry of a run may; whether nobody is left. Raises NotSent."""
    back = deps.waiting.back(ref)
    if back is None:
        return True
    waiting = deps.waiting.confirmed(back.shop, back.sku, _AT_ONCE)
    ended = [_tell(deps, each) for each in waiting]
    if len(waiting) == _AT_ONCE or not all(ended):
        return False
    deps.waiting.all_told(back)
    return True


def _tell(deps: Deps, waiting: Waiting) -> bool:
    """Whether this person waits no more; False if another run is telling them."""
    shop, now = deps.policy.shop(waiting.shop), deps.now()
    product = facts.product(deps, waiting.shop, waiting.sku)
    over = waiting.until <= now or product is None or suppressed(deps, waiting.address)
    if not deps.waiting.claim(waiting, now, now + _LEASE):
        return False
    if product and not over:
        try:
            asking.mail(deps, shop, product, waiting, "back_in_stock")
        except NotSent as error:
            if error.passing or error.unanswered:
                raise
            logger.warning("a mail is not sent", extra={"purpose": "back_in_stock", "reason": str(error)[:80]})
    deps.waiting.forget(waiting, deps.now())
    return True
