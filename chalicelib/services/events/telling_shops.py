"""`tell_shops`: what customers chose goes out to the shops' own systems, signed as Standard Webhooks (decision 238).

Whoever stores the next try of an event may send it, so two runs at once send it once. A run that dies after sending
leaves the event to a later try with the same id, which the receiver knows.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.errors import NotTaken, UnknownOrder
from chalicelib.rules.events import signatures
from chalicelib.rules.events.source_keys import OUT
from chalicelib.rules.orders.duties import telling
from chalicelib.rules.orders.duties.owing import OWNER, noted, task
from chalicelib.rules.orders.duties.telling import OutgoingEvent
from chalicelib.rules.orders.order import Order
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.log import Action, DetailCode, details_of
from chalicelib.services import console_events
from chalicelib.services.orders.commits import change, load
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.running import Run
from chalicelib.telemetry import logger

UNTOLD = "untold"
"""What a task is about whose choice the shop's system did not take."""


def tell_shops(deps: Deps, event: Any, run: Run) -> dict[str, Any]:
    """Tell each shop's system what is due. Returns how many events it took, how many have to wait, and how many were
    given up. Raises InvalidEvent if the event is not {}."""
    console_events.fields(event)
    done = {"told": 0, "waiting": 0, "given_up": 0}
    for shop in deps.policy.shops.values():
        if not shop.orders.webhook:
            continue
        for each in list(deps.outgoing.untold(shop.id)):
            if not run.time_left():
                break
            if each.due(deps.now()):
                done[_tell(deps, shop, each)] += 1
    return done


def _tell(deps: Deps, shop: Shop, event: OutgoingEvent) -> str:
    claimed = telling.tried(event, deps.now())
    if not deps.outgoing.claim_event(event, claimed):
        return "waiting"
    try:
        content = telling.body(claimed)
        deps.shop_webhook.post(shop.orders.webhook, headers(deps, shop, claimed.id, content), content)
    except NotTaken as error:
        logger.warning("a shop's system did not take an event", extra={"ref": event.ref, "reason": str(error)[:80]})
        return _not_taken(deps, claimed)
    deps.outgoing.told(claimed)
    _note(deps, claimed, given_up=False)
    return "told"


def headers(deps: Deps, shop: Shop, id: str, body: bytes) -> Mapping[str, str]:
    """The headers of Standard Webhooks. While a secret before counts, both sign. Raises NotTaken without a secret."""
    keys = deps.source_keys().get((shop.id, OUT))
    if keys is None:
        raise NotTaken("the shop has no secret for what goes out")
    now = deps.now()
    signed = [signatures.standard(secret, body, id, now) for secret in keys.accepted(now)]
    together = " ".join(each["webhook-signature"] for each in signed)
    return {**signed[0], "webhook-signature": together, "content-type": "application/json"}


def _not_taken(deps: Deps, claimed: OutgoingEvent) -> str:
    after = telling.failed(claimed, deps.now())
    if after.given_up_at is None:
        return "waiting"
    if deps.outgoing.claim_event(claimed, after):
        _note(deps, after, given_up=True)
    return "given_up"


def _note(deps: Deps, event: OutgoingEvent, *, given_up: bool) -> None:
    """Note on the order what became of the event; the owner is mailed about one that was given up."""

    def rule(order: Order, context: RuleContext) -> Order:
        act = "tell_shop_failed" if given_up else "tell_shop"
        after = noted(order, context, Action.ACTED, *details_of(DetailCode.ACT, act))
        after = task(after, f"{UNTOLD} {event.line}", OWNER, context) if given_up else after
        return replace(after, version=order.version + 1)

    try:
        change(deps, load(deps, event.ref), rule)
    except UnknownOrder:
        logger.info("an order whose choice was told is gone", extra={"ref": event.ref})
