"""An order's page at the desk: what happened, what was promised and written, and what an agent may do now."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.errors import InvalidFields, UnknownOrder
from chalicelib.rules.identity import phones
from chalicelib.rules.orders.duties.lists import place_of
from chalicelib.rules.orders.duties.promising import PRICE_ERROR, PROMISES, awaited_line, chosen_line, decided, over
from chalicelib.rules.orders.events import EventKind, OrderEvent
from chalicelib.rules.orders.history import in_order, state
from chalicelib.rules.orders.holds import wrong_line
from chalicelib.rules.orders.order import Hold, LetterRef, Order
from chalicelib.rules.orders.state import OrderState
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.tickets import money
from chalicelib.rules.tickets.clocks import REFUND, Clock
from chalicelib.rules.tickets.outbox import Delivery, DeliveryStatus, Purpose
from chalicelib.services.desk import times
from chalicelib.services.desk.times import TimeLeft
from chalicelib.services.orders.deciding import Decision
from chalicelib.services.orders.shown import basket_view, parcels
from chalicelib.services.orders.shown.basket_view import AddressView, BasketView
from chalicelib.services.orders.shown.parcels import ParcelView
from chalicelib.services.ports.deps import Deps
from chalicelib.services.ports.tickets import OtherTicket

_MOST_TICKETS = 20


@dataclass(frozen=True, slots=True)
class Promise:
    """A clock. `name`: without the line of a choice, which `line` names."""

    name: str
    line: str
    clock: Clock
    late: bool
    left: TimeLeft | None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event in words: its kind, and what its words need besides."""

    kind: EventKind
    at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: to whom it went and what became of it. `status` is None if its delivery is no longer remembered."""

    purpose: Purpose
    about: str
    owed_at: datetime
    next_word: date | None
    to: str
    status: DeliveryStatus | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a line, and whether the shop has done it."""

    name: str
    choice: str
    sku: str
    at: datetime
    by_silence: bool
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as agents see it. `actions`: what may be done with it now. `reason_needed`: the time to decide about its
    price is over. `priced`: the currency of a right price that may be named, "" if none may."""

    shop: Shop
    order: Order
    state: OrderState
    place: str
    basket: BasketView | None
    phone: tuple[str, str] | None
    parcels: tuple[ParcelView, ...]
    promises: tuple[Promise, ...]
    pressing: Promise | None
    events: tuple[Happened, ...]
    letters: tuple[Letter, ...]
    choices: tuple[Choice, ...]
    asked: AddressView | None
    actions: tuple[Decision, ...]
    reason_needed: bool
    priced: str
    tickets: tuple[OtherTicket, ...]


def load(deps: Deps, ref: str, shops: Container[str]) -> Order:
    """An order of one of these shops. Raises UnknownOrder, the same for other shops' orders as for none."""
    order = deps.orders.order(ref)
    if order is None or order.shop not in shops:
        raise UnknownOrder(ref)
    return order


def right_price(order: Order, typed: str) -> int:
    """A price that an agent typed, in the smallest unit of the order's currency. Raises InvalidFields."""
    basket = state(order.events).basket
    currency = basket.currency.upper() if basket else ""
    if currency not in money.CURRENCIES:
        raise InvalidFields({"amount": "no_amount"})
    return money.minor_units(typed, currency)


def view(deps: Deps, order: Order, language: str) -> OrderView:
    """The page in this language."""
    shop, known, now = deps.policy.shop(order.shop), state(order.events), deps.now()
    buyer = known.basket.buyer if known.basket else None
    promises = tuple(_promises(order, known, now, language))
    deciding = order.clocks.named(PRICE_ERROR)
    asked = order.address_request
    address = basket_view.address_view(asked.delivery_to) if asked else None
    return OrderView(
        shop=shop,
        order=order,
        state=known,
        place=place_of(order).value,
        basket=basket_view.view(known.basket, known) if known.basket else None,
        phone=(basket_view.said(buyer.phone), phones.dialled(buyer.phone)) if buyer and buyer.phone else None,
        parcels=parcels.views(known),
        promises=promises,
        pressing=next((each for each in promises if each.left and each.name in (*PROMISES, PRICE_ERROR)), None),
        events=tuple(_happened(known, event) for event in reversed(in_order(order.events))),
        letters=tuple(_letters(order)),
        choices=tuple(_choices(order, known)),
        asked=address,
        actions=tuple(_actions(order, known)),
        reason_needed=deciding is not None and deciding.late(now),
        priced=_priced(order, known),
        tickets=tuple(deps.tickets.tickets_of(shop.id, buyer.address, _MOST_TICKETS))
        if buyer and buyer.address
        else (),
    )


def _priced(order: Order, known: OrderState) -> str:
    """The currency in which a right price may be named: only where one line alone has a wrong one."""
    currency = known.basket.currency.upper() if known.basket else ""
    return currency if wrong_line(order) and currency in money.CURRENCIES else ""


def _promises(order: Order, known: OrderState, now: datetime, language: str) -> Iterator[Promise]:
    """The running clocks first, the earliest due on top."""
    names = {line.line.id: basket_view.said(line.line.name) for line in known.lines}
    for clock in sorted(order.clocks, key=lambda clock: (not clock.running, clock.due)):
        line, name = chosen_line(clock), "choice"
        if line is None:
            line = awaited_line(clock)
            name = "back" if line else clock.name
        left = times.left_of(clock, now, language) if clock.running else None
        yield Promise(name, names.get(line or "", ""), clock, clock.late(now), left)


def _happened(known: OrderState, event: OrderEvent) -> Happened:
    names = {line.line.id: line.line.name for line in known.lines}
    detail = event.reason
    if event.parcel:
        said = (event.parcel.carrier, event.parcel.tracking_number, event.parcel.status)
        detail = ", ".join(each for each in said if each) or event.reason
    elif event.stock:
        detail = names.get(event.stock.line, event.stock.line)
    elif event.substitute:
        detail = event.substitute.name
    return Happened(event.kind, event.occurred_at, basket_view.said(detail))


def _letters(order: Order) -> Iterator[Letter]:
    """The letters, the latest first, each with its latest delivery."""
    mails = order.outbox.deliveries if order.outbox else ()
    for ref in reversed(order.letters):
        sent = [mail for mail in mails if (mail.purpose.value, mail.about) == (ref.purpose, ref.about)]
        yield from [_letter(ref, mail) for mail in sent] or [_letter(ref, None)]


def _letter(ref: LetterRef, mail: Delivery | None) -> Letter:
    to = mail.to if mail else ""
    return Letter(Purpose(ref.purpose), ref.about, ref.owed_at, ref.next_word, to, mail.status if mail else None)


def _choices(order: Order, known: OrderState) -> Iterator[Choice]:
    names = {line.line.id: line.line.name for line in known.lines}
    for each in order.choices:
        name = basket_view.said(names.get(each.line, each.line))
        yield Choice(name, each.choice.value, basket_view.said(each.sku), each.at, each.by_silence, each.done_at)


def _actions(order: Order, known: OrderState) -> Iterator[Decision]:
    """What an agent may do now (rules.orders.holds)."""
    if order.hold is Hold.PRICE_CHECK and not decided(order):
        yield Decision.PRICE_ERROR
    if order.hold and not decided(order):
        yield Decision.RELEASE
    refund = order.clocks.named(REFUND)
    if refund and refund.met_at is None:
        yield Decision.NOTE_REFUNDED
    if known.basket and known.basket.buyer.address:
        yield Decision.SEND_WORD
    if order.hold is None and not over(known):
        yield Decision.HOLD
