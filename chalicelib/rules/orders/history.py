"""Folds an order's events into its state. The state depends on the events only: neither on the order of their arrival
nor on how often each came.

A snapshot of the whole order (PLACED, CHANGED) holds from its moment on, until a later one. One that comes late changes
nothing that is newer (decision 210).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from chalicelib.rules.orders.basket import Basket
from chalicelib.rules.orders.events import Alternative, EventKind, LinePart, OrderEvent, Refund, Stock
from chalicelib.rules.orders.parcels import parcels, sent_and_delivered
from chalicelib.rules.orders.state import LineState, OrderState, ParcelState, ParcelStatus, Status

_SNAPSHOTS = (EventKind.PLACED, EventKind.CHANGED)


def place(event: OrderEvent) -> tuple[datetime, bool, str]:
    """What events are sorted by. An order is placed before anything else happens to it, though sources write both with
    the same second."""
    return event.occurred_at, event.kind is not EventKind.PLACED, event.id


def in_order(events: Iterable[OrderEvent]) -> tuple[OrderEvent, ...]:
    """The events sorted by when they occurred, each once."""
    return tuple(sorted({event.id: event for event in events}.values(), key=place))


def state(events: Iterable[OrderEvent]) -> OrderState:
    """What the events come to."""
    facts = in_order(events)
    snapshots = [(event.occurred_at, event.basket) for event in facts if event.kind in _SNAPSHOTS and event.basket]
    basket = snapshots[-1][1] if snapshots else None
    shipped = parcels(facts, basket)
    lines = _lines(facts, basket, shipped)
    cancelled = _first(facts, EventKind.CANCELLED)
    delivered_at = _delivered_at(lines, shipped)
    return OrderState(
        status=_status(basket, lines, shipped, cancelled, delivered_at),
        basket=basket,
        first_basket=_first_basket(facts),
        lines=lines,
        parcels=shipped,
        refunds=_refunds(facts),
        paid_at=_moment(_first(facts, EventKind.PAID)),
        changed_at=_changed_at(snapshots),
        cancelled_at=_moment(cancelled),
        cancelled_for=cancelled.reason if cancelled else "",
        shop_confirmed_at=_moment(_first(facts, EventKind.CONFIRMED)),
        shop_confirmation_failed_at=_moment(_last(facts, EventKind.CONFIRMATION_FAILED)),
        delivered_at=delivered_at,
        last_event_at=facts[-1].occurred_at if facts else None,
    )


def _status(
    basket: Basket | None,
    lines: Sequence[LineState],
    shipped: Sequence[ParcelState],
    cancelled: OrderEvent | None,
    delivered_at: datetime | None,
) -> Status:
    if basket is None:
        return Status.UNKNOWN
    if cancelled:
        return Status.CANCELLED
    if delivered_at:
        return Status.DELIVERED
    if not any(line.sent for line in lines):
        return Status.PARTLY_SENT if any(parcel.partial for parcel in shipped) else Status.PLACED
    return Status.PARTLY_SENT if any(line.to_come for line in lines) else Status.SENT


def _lines(facts: Sequence[OrderEvent], basket: Basket | None, shipped: Sequence[ParcelState]) -> tuple[LineState, ...]:
    if basket is None:
        return ()
    sent, delivered = sent_and_delivered(shipped)
    stocks, substitutes = _stocks(facts), _substitutes(facts, basket)
    return tuple(
        LineState(
            line,
            sent.get(line.id, 0),
            delivered.get(line.id, 0),
            _returned(facts, line.id, line.quantity),
            stocks.get(line.id),
            substitutes.get(line.id),
        )
        for line in basket.lines
    )


def _stocks(facts: Sequence[OrderEvent]) -> dict[str, Stock]:
    """What is out of stock, by line. A line that came back or was substituted is so no longer."""
    found = dict[str, Stock]()
    for event in facts:
        if event.kind is EventKind.OUT_OF_STOCK and event.stock:
            found[event.stock.line] = event.stock
        elif event.kind is EventKind.BACK_IN_STOCK and event.stock:
            found.pop(event.stock.line, None)
        elif event.kind is EventKind.SUBSTITUTED:
            for part in event.parts:
                found.pop(part.line, None)
    return found


def _substitutes(facts: Sequence[OrderEvent], basket: Basket) -> dict[str, Alternative]:
    found = dict[str, Alternative]()
    for event in facts:
        if event.kind is EventKind.SUBSTITUTED and event.substitute:
            parts = event.parts or tuple(LinePart(line.id) for line in basket.lines)
            found |= {part.line: event.substitute for part in parts}
    return found


def _returned(facts: Sequence[OrderEvent], line: str, quantity: int) -> int:
    """How many pieces came back, at most all."""
    came_back = 0
    for event in facts:
        if event.kind is not EventKind.RETURNED:
            continue
        parts = [part for part in event.parts if part.line == line]
        if not event.parts or any(part.quantity is None for part in parts):
            return quantity
        came_back += sum(part.quantity or 0 for part in parts)
    return min(came_back, quantity)


def _delivered_at(lines: Sequence[LineState], shipped: Sequence[ParcelState]) -> datetime | None:
    """When the last piece arrived; None while one is to come, and for an order of which nothing is ever sent."""
    physical = [line for line in lines if not line.line.digital and line.line.quantity > 0]
    if not physical or any(line.delivered < line.line.quantity for line in physical):
        return None
    return max(
        (parcel.delivered_at for parcel in shipped if parcel.status is ParcelStatus.DELIVERED and parcel.delivered_at),
        default=None,
    )


def _refunds(facts: Sequence[OrderEvent]) -> tuple[Refund, ...]:
    found = {event.refund.id: event.refund for event in facts if event.kind is EventKind.REFUNDED and event.refund}
    return tuple(found.values())


def _first_basket(facts: Sequence[OrderEvent]) -> Basket | None:
    placed = next((event.basket for event in facts if event.kind is EventKind.PLACED and event.basket), None)
    return placed or next((event.basket for event in facts if event.kind in _SNAPSHOTS and event.basket), None)


def _changed_at(snapshots: Sequence[tuple[datetime, Basket]]) -> datetime | None:
    """When the order was last changed. A snapshot that equals the one before is no change."""
    changes = (at for (_, before), (at, after) in pairwise(snapshots) if before != after)
    return max(changes, default=None)


def _first(facts: Iterable[OrderEvent], kind: EventKind) -> OrderEvent | None:
    return next((event for event in facts if event.kind is kind), None)


def _last(facts: Sequence[OrderEvent], kind: EventKind) -> OrderEvent | None:
    return _first(reversed(facts), kind)


def _moment(event: OrderEvent | None) -> datetime | None:
    return event.occurred_at if event else None
