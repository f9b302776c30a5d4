"""What happened to an order and what is promised about it, in the order of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rendering.amounts import Amount
from chalicelib.rules.orders.duties.promising import CONFIRM, DELIVER, DISPATCH
from chalicelib.rules.orders.events import EventKind
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import OrderState, ParcelStatus
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import REFUND, Clock
from chalicelib.rules.tickets.due_dates import DueDate, broken, due_date
from chalicelib.services.orders.shown import basket_view, parcels
from chalicelib.services.ports.deps import Deps

PROMISED = (CONFIRM, DISPATCH, DELIVER, REFUND)
"""The promises that customers see."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened. `what` chooses its words (`order_page.step` in templates/words); `detail`: what its
    words need besides."""

    at: datetime
    what: str
    detail: str = ""
    amount: Amount | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise: when it is or was due, when it was kept, and whether it is or was late. `warranted`: nothing was due
    any more when the order ended."""

    name: str
    due: DueDate
    met_at: datetime | None
    late: bool


def steps(order: Order, state: OrderState) -> tuple[Step, ...]:
    """Everything that happened, the latest first."""
    return tuple(sorted(_steps(order, state), key=lambda step: step.at, reverse=True))


def promises(deps: Deps, shop: Shop, order: Order) -> tuple[Promise, ...]:
    """The promises about the order, kept and open, in the order in which they are due."""
    clocks = sorted(order.clocks.only(*PROMISED), key=lambda clock: clock.due)
    return tuple(_promise(deps, shop, clock) for clock in clocks)


def _promise(deps: Deps, shop: Shop, clock: Clock) -> Promise:
    now = clock.met_at or deps.now()
    late = broken(clock, now, shop.hours.zone)
    return Promise(clock.name, due_date(clock), clock.met_at, late)


def _steps(order: Order, state: OrderState) -> Iterator[Step]:
    basket = state.basket
    moments = {"paid": state.paid_at, "cancelled": state.cancelled_at, "shop_confirmed": state.shop_confirmed_at}
    if basket:
        yield Step(basket.placed_at, "placed")
    yield from (Step(at, what) for what, at in moments.items() if at)
    confirm = order.clocks.named(CONFIRM)
    if confirm and confirm.met_at and not state.shop_confirmed_at:
        yield Step(confirm.met_at, "confirmed")
    if state.changed_at and state.changed_at != (basket.placed_at if basket else None):
        yield Step(state.changed_at, "changed")
    for parcel in parcels.views(state):
        yield Step(parcel.sent_at, "sent", parcel.carrier)
        if parcel.delivered_at:
            yield Step(parcel.delivered_at, "delivered", parcel.carrier)
        elif parcel.moved_at:
            failed = parcel.status is ParcelStatus.FAILED
            yield Step(parcel.moved_at, "failed" if failed else "moved", parcel.word or parcel.carrier)
    names = {line.line.id: basket_view.said(line.line.name) for line in state.lines}
    for event in order.events:
        if event.kind is EventKind.REFUNDED and event.refund and basket:
            yield Step(event.occurred_at, "refunded", amount=basket_view.amount(event.refund.amount, basket))
        elif event.kind is EventKind.OUT_OF_STOCK and event.stock and event.stock.line in names:
            yield Step(event.occurred_at, "out_of_stock", names[event.stock.line])
        elif event.kind is EventKind.BACK_IN_STOCK and event.stock and event.stock.line in names:
            yield Step(event.occurred_at, "back_in_stock", names[event.stock.line])
        elif event.kind is EventKind.RETURNED:
            yield Step(event.occurred_at, "returned")
    for chosen in order.choices:
        by = "by_silence" if chosen.by_silence else "chosen"
        yield Step(chosen.at, f"{by}_{chosen.choice.value}", names.get(chosen.line, ""))
