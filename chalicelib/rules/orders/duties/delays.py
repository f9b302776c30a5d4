"""What a customer's silence about a line that is out of stock means: what 16 CFR 435.2(b) says.

After the first word of a definite delay of at most 30 days the order waits; after an indefinite, a longer or a further
delay the line is cancelled and paid back. A day that passes without news is a further delay, of which the customer
hears (435.2(b)(2)). It applies to customers everywhere (decision 213).
"""

from collections.abc import Sequence
from datetime import date, timedelta

from chalicelib.rules.orders.duties.promising import DISPATCH
from chalicelib.rules.orders.events import EventKind, OrderEvent, Stock
from chalicelib.rules.orders.history import in_order
from chalicelib.rules.orders.order import Order
from chalicelib.rules.tickets.clocks import RuleContext
from chalicelib.rules.tickets.due_dates import end_of

LONGEST_WAIT = timedelta(days=30)
"""A longer delay needs the customer's consent (16 CFR 435.2(b)(1))."""


def waits(order: Order, stock: Stock, context: RuleContext) -> bool:
    """Whether silence means to wait: the first delay, until a day that is at most 30 days after the promised one."""
    days = {each.stock.expected for each in told(order.events, stock.line) if each.stock}
    first = len(days) == 1 and not is_over(stock, context)
    return first and stock.expected is not None and stock.expected - _promised(order, context) <= LONGEST_WAIT


def is_over(stock: Stock, context: RuleContext) -> bool:
    """Whether the day is over on which the line was expected back."""
    return stock.expected is not None and end_of(stock.expected, context.shop.hours) <= context.at


def told(events: Sequence[OrderEvent], line: str) -> list[OrderEvent]:
    """The events that said that this line is out of stock."""
    facts = in_order(events)
    return [each for each in facts if each.kind is EventKind.OUT_OF_STOCK and each.stock and each.stock.line == line]


def _promised(order: Order, context: RuleContext) -> date:
    """The day until which the dispatch was promised; today if it was not."""
    dispatch = order.clocks.named(DISPATCH)
    return (dispatch.due if dispatch else context.at).astimezone(context.shop.hours.zone).date()
