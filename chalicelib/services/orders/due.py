"""Due work of an order: the steps of its clocks, and the mails that the stream did not bring."""

from chalicelib.rules.orders.steps import step
from chalicelib.services.delivery.sending import Progress
from chalicelib.services.measuring import Measure, measure
from chalicelib.services.orders.commits import change, load
from chalicelib.services.orders.posting import send_owed
from chalicelib.services.ports.deps import Deps


def look_after(deps: Deps, ref: str) -> Progress:
    """Take what is due on the order, and send what it owes. Raises UnknownOrder, NotSent, ComposeFailed."""
    before = load(deps, ref)
    order = change(deps, before, step)
    if order.version != before.version:
        measure(Measure.STEPS, order.shop, "order")
    return send_owed(deps, ref, order)
