"""An order's place at the desk: one list, and what the list is sorted by. A list of all open orders joins them."""

from datetime import datetime
from enum import StrEnum

from chalicelib.rules.orders.duties.afterwards import LETTERS
from chalicelib.rules.orders.duties.owing import SILENT, told_customer
from chalicelib.rules.orders.duties.promising import PRICE_ERROR, PROMISES, chosen_line, decided, finished, over
from chalicelib.rules.orders.duties.tally import is_missed
from chalicelib.rules.orders.history import state as state_of
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import Status
from chalicelib.rules.tickets.clocks import RETAIN


class OrderList(StrEnum):
    """The lists of orders. An order is in the first that fits."""

    HELD = "held"
    LATE = "late"
    CHOICE = "choice"  # a customer has to choose about a line
    TO_DO = "to_do"  # a customer chose, and the shop has to do it
    SILENT = "silent"  # the customer heard only from Aftercare since the last period of silence
    OPEN = "open"
    UNKNOWN = "unknown"  # events came, but not yet the order itself
    DONE = "done"  # nothing is promised any more


OPEN_LISTS = tuple(each for each in OrderList if each not in (OrderList.DONE, OrderList.UNKNOWN))


def place_of(order: Order) -> OrderList:
    """The list of an order."""
    state = state_of(order.events)
    if state.status is Status.UNKNOWN:
        return OrderList.UNKNOWN
    if order.hold and not decided(order) and not over(state):
        return OrderList.HELD
    owed = order.clocks.unmet.only(*PROMISES)
    if any(map(is_missed, owed)):
        return OrderList.LATE
    if any(chosen_line(clock) is not None for clock in order.clocks) and not over(state):
        return OrderList.CHOICE
    if any(chosen.done_at is None for chosen in order.choices) and not over(state):
        return OrderList.TO_DO
    if not owed and (finished(order, state) or not order.clocks.unmet.without(RETAIN, *LETTERS)):
        return OrderList.DONE
    told = told_customer(order)
    return OrderList.SILENT if told and told.about == SILENT else OrderList.OPEN


def due_of(order: Order) -> datetime:
    """What a list is sorted by: the earliest promise that is owed, else the day when the order was placed."""
    state = state_of(order.events)
    owed = order.clocks.unmet.only(*PROMISES, PRICE_ERROR)
    placed = state.basket.placed_at if state.basket else order.known_at
    return min((clock.due for clock in owed), default=placed)
