"""What `health` tells CloudWatch once an hour, for the alarms: how many of its checks found something, and how many
tickets and orders are overdue."""

from collections import Counter

from chalicelib.rules.orders.duties.lists import OrderList
from chalicelib.rules.policy.promises import COMPLAINT
from chalicelib.rules.tickets.ticket import OWED, State
from chalicelib.services.measuring import Measure, measure
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.inbox import MIN_TIME
from chalicelib.telemetry import count

UNHEALTHY = "Unhealthy"
COMPLAINTS_OVERDUE = "ComplaintsOverdue"
ORDERS_OVERDUE = "OrdersOverdue"
# Of each list, this many are read. If more are overdue, the figure is too low, but not small.
_MOST = 1000
_LISTS = (State.OPEN, State.WAITING, State.REFERRED, OWED)


def tell(deps: Deps, unwell: int) -> None:
    """Publish the figures. `unwell`: the number of checks that found something."""
    count(UNHEALTHY, unwell)
    count(COMPLAINTS_OVERDUE, sum(_overdue(deps, shop).get(COMPLAINT, 0) for shop in deps.policy.shops))
    count(ORDERS_OVERDUE, sum(orders_overdue(deps, shop) for shop in deps.policy.shops))


def orders_overdue(deps: Deps, shop: str) -> int:
    """How many of the shop's orders have a promise that is broken and not made up for, at most a thousand."""
    return deps.orders.how_many(shop, OrderList.LATE, _MOST)


def _overdue(deps: Deps, shop: str) -> Counter[str]:
    """How many of the shop's tickets have a promise that is overdue, by kind."""
    lists = (deps.inbox.inbox(shop, each, _MOST, MIN_TIME, deps.now())[0] for each in _LISTS)
    kinds = Counter(entry.kind for entries in lists for entry in entries)
    for kind, number in kinds.items():
        measure(Measure.OVERDUE, shop, kind, number)
    return kinds
