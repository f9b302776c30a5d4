"""Records what a shop's system says about its orders. The same events again change nothing, in whatever order they
come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from chalicelib.errors import TooLarge
from chalicelib.rules.orders.duties import prices
from chalicelib.rules.orders.duties.promising import finished, known_late
from chalicelib.rules.orders.events import OrderEvent
from chalicelib.rules.orders.history import place, state
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.taking import Arrival, take
from chalicelib.services.orders.commits import TRIES, commit, ref_of
from chalicelib.services.ports.conflicts import VersionConflict
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.events.source_log import LateOrder
from chalicelib.telemetry import logger


class Recorded(StrEnum):
    """What became of events. Of several orders, the first that fits in this sequence."""

    APPLIED = "applied"
    OUT_OF_ORDER = "out_of_order"  # kept, but something newer was known
    UNKNOWN_ORDER = "unknown_order"  # kept until the order itself comes
    DUPLICATE = "duplicate"
    REFUSED = "refused"  # the order has no room for them, or they name none


def record(deps: Deps, shop_id: str, source: str, events: Sequence[OrderEvent]) -> Recorded:
    """Record the events, of one order or several, and owe the letters that follow. Raises UnknownShop."""
    by_number = dict[str, list[OrderEvent]]()
    for event in events:
        by_number.setdefault(ref_of(deps, shop_id, event.number) if event.number.strip() else "", []).append(event)
    found = {_record(deps, shop_id, Arrival(ref, source), some) for ref, some in by_number.items() if ref}
    return next((outcome for outcome in Recorded if outcome in found), Recorded.REFUSED)


def _record(deps: Deps, shop_id: str, arrival: Arrival, events: Sequence[OrderEvent]) -> Recorded:
    context = deps.context(deps.policy.shop(shop_id))
    for _ in range(TRIES):
        known = deps.orders.order(arrival.ref)
        try:
            order = take(known, events, context, _watched(deps, shop_id, known, events, arrival))
            if order is known:
                return Recorded.DUPLICATE
            _note_sales(deps, known, commit(deps, known, order))
            _note_lateness(deps, known, order)
        except VersionConflict:
            continue
        except TooLarge:
            logger.warning("an order has no room for an event", extra={"ref": arrival.ref, "shop": shop_id})
            return Recorded.REFUSED
        return _outcome(known, order)
    raise VersionConflict("lost every race for this order")


def _outcome(known: Order | None, order: Order) -> Recorded:
    if state(order.events).basket is None:
        return Recorded.UNKNOWN_ORDER
    if known is None or state(known.events).basket is None:
        return Recorded.APPLIED
    before = {event.id for event in known.events}
    newest = max(map(place, known.events))
    late = all(place(event) < newest for event in order.events if event.id not in before)
    return Recorded.OUT_OF_ORDER if late else Recorded.APPLIED


def _watched(deps: Deps, shop_id: str, known: Order | None, events: Sequence[OrderEvent], arrival: Arrival) -> Arrival:
    """The arrival of an order that becomes known, with the price sentinel's word."""
    basket = None if known and state(known.events).basket else state(events).basket
    skus = tuple(prices.watched(basket)) if basket else ()
    if basket is None or not skus:
        return arrival
    stated = deps.catalogue.prices(shop_id, basket.currency) if deps.catalogue else {}
    found = prices.suspected(basket, deps.orders.sales(shop_id, basket.currency, skus), stated)
    if found:
        logger.warning("a price may be wrong", extra={"ref": arrival.ref, "shop": shop_id, "skus": len(found)})
    return replace(arrival, suspected=found)


def _note_sales(deps: Deps, known: Order | None, order: Order) -> None:
    """Remember the prices of a new order, unless they are in doubt."""
    basket = None if order.hold or (known and state(known.events).basket) else state(order.events).basket
    sold = prices.watched(basket) if basket else {}
    for _ in range(TRIES):
        if basket is None or not sold:
            return
        sold = _left(deps, order.shop, basket.currency, sold)
    logger.info("a sale was not noted: others came first each time", extra={"ref": order.ref, "skus": len(sold)})


def _note_lateness(deps: Deps, known: Order | None, order: Order) -> None:
    """An order that we would have confirmed, had we heard of it in time: people see whether its customer knows."""
    now = state(order.events)
    ours = deps.policy.shop(order.shop).orders.confirmation == "aftercare"
    new = now.basket is not None and not (known and state(known.events).basket)
    if new and ours and known_late(order, now) and not finished(order, now) and not now.shop_confirmed_at:
        logger.warning("an order came too late to be confirmed", extra={"ref": order.ref, "shop": order.shop})
        deps.source_log.note_late_order(order.shop, LateOrder(order.ref, deps.now()))


def _left(deps: Deps, shop: str, currency: str, sold: Mapping[str, int]) -> dict[str, int]:
    """The sales that could not be noted, because somebody else noted one of the same product meanwhile."""
    known = deps.orders.sales(shop, currency, tuple(sold))
    before = {sku: known.get(sku, ()) for sku in sold}
    return {
        sku: price
        for sku, price in sold.items()
        if not deps.orders.note_sales(
            shop, currency, sku, before[sku], prices.with_sale(before[sku], price), deps.now()
        )
    }
