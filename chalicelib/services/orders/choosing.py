"""What a customer chooses about a line that is out of stock."""

from chalicelib.rules.orders import choices
from chalicelib.rules.orders.order import Choice, Order
from chalicelib.services.orders.commits import change, load
from chalicelib.services.ports.deps import Deps


def choose(deps: Deps, order: Order, line: str, choice: Choice, sku: str = "") -> Order:
    """The order after the customer's choice for a line (by id). Raises NotOpen if it can't be chosen, or no longer."""
    latest = load(deps, order.ref)  # the page with the button may be old
    return change(deps, latest, lambda order, context: choices.choose(order, line, choice, sku, context))
