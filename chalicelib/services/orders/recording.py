"""Records what happened to orders."""

from collections.abc import Sequence
from enum import StrEnum

from chalicelib.rules.orders.events import OrderEvent
from chalicelib.services.ports.deps import Deps


class Recorded(StrEnum):
    """What became of events."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
    UNKNOWN_ORDER = "unknown_order"
    REFUSED = "refused"


def record(deps: Deps, shop_id: str, source: str, events: Sequence[OrderEvent]) -> Recorded:
    """Add events to their order. This tree has no store of orders: the events stay in the queue."""
    raise NotImplementedError("orders are not kept yet")
