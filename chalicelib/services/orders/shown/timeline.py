"""What happened to an order and what is promised about it, in the order of time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.rendering import tracking
from chalicelib.rendering.amounts import Amount
from chalicelib.rules.orders.duties.promising import CONFIRM, DELIVER, DISPATCH
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.rules.orders.order import Order
from chalicelib.rules.orders.state import OrderState, ParcelStatus
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets.clocks import REFUND, Clock
from chalicelib.rules.tickets.due_dates import DueDate, broken, due_date
from chalicelib.services.orders.shown import basket_view, parcels
from chalicelib.services.orders.shown.parcels import ParcelView
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
    """A promise: when it is or was due, when it was kept, and whether it is or was late."""

    name: str
    due: DueDate
    met_at: datetime | None
    late: bool


_STAGES = {"placed": 0, "paid": 1, "sent": 3, "delivered": 4}


def steps(order: Order, state: OrderState) -> tuple[Step, ...]:
    """Everything that happened, the latest first. What has the same moment stands in the order in which it can have
    happened: many systems write an order and its payment in one second."""
    return tuple(sorted(_steps(order, state), key=lambda step: (step.at, _STAGES.get(step.what, 2)), reverse=True))


def promises(deps: Deps, shop: Shop, order: Order) -> tuple[Promise, ...]:
    """The promises about the order, kept and open, in the order in which they are due."""
    clocks = sorted(order.clocks.only(*PROMISED), key=lambda clock: clock.due)
    return tuple(_promise(deps, shop, clock) for clock in clocks)


def _promise(deps: Deps, shop: Shop, clock: Clock) -> Promise:
    now = clock.met_at or deps.now()
    late = broken(clock, now, shop.hours.zone)
    return Promise(clock.name, due_date(clock), clock.met_at, late)


def _steps(order: Order, state: OrderState) -> Iterator[Step]:
    yield from _of_the_order(order, state)
    for parcel in parcels.views(state):
        yield from _of_a_parcel(parcel)
    names = {line.line.id: basket_view.said(line.line.name) for line in state.lines}
    for event in order.events:
        if step := _of_an_event(event, state, names):
            yield step
    for chosen in order.choices:
        by = "by_silence" if chosen.by_silence else "chosen"
        yield Step(chosen.at, f"{by}_{chosen.choice.value}", names.get(chosen.line, ""))


def _of_the_order(order: Order, state: OrderState) -> Iterator[Step]:
    moments = {"paid": state.paid_at, "cancelled": state.cancelled_at, "shop_confirmed": state.shop_confirmed_at}
    moments |= {"placed": state.basket.placed_at if state.basket else None, "changed": state.changed_at}
    confirm = order.clocks.named(CONFIRM)
    moments |= {"confirmed": confirm.met_at if confirm and not state.shop_confirmed_at else None}
    yield from (Step(at, what) for what, at in moments.items() if at)


def _of_a_parcel(parcel: ParcelView) -> Iterator[Step]:
    yield Step(parcel.sent_at, "sent", tracking.called(parcel.carrier))
    if parcel.delivered_at:
        yield Step(parcel.delivered_at, "delivered", tracking.called(parcel.carrier))
    elif parcel.moved_at and parcel.status is ParcelStatus.FAILED:
        yield Step(parcel.moved_at, "failed")
    elif parcel.moved_at and parcel.word:
        yield Step(parcel.moved_at, "moved", parcel.word)


def _of_an_event(event: OrderEvent, state: OrderState, names: Mapping[str, str]) -> Step | None:
    """A step that only its event tells of."""
    match event.kind:
        case EventKind.REFUNDED if event.refund and state.basket:
            return Step(event.occurred_at, "refunded", amount=basket_view.amount(event.refund.amount, state.basket))
        case EventKind.OUT_OF_STOCK | EventKind.BACK_IN_STOCK if event.stock and event.stock.line in names:
            return Step(event.occurred_at, event.kind.partition(".")[2], names[event.stock.line])
        case EventKind.RETURNED:
            return Step(event.occurred_at, "returned")
    return None
